package dev.sluice.runtime.tls;

import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.MemoryBounds;

/**
 * Keys that are derived and records that are sealed and opened before the first client comes, so that the JVM compiles the code for it: AES and
 * SHA-256 are two hundred times slower while they are interpreted, and after a restart all clients come at once. A few tenths of a second, on a
 * thread that nothing waits for.
 */
public final class WarmUp {
    private static final int BUFFER = 64 * 1024;
    private static final int BUFFERS = 4;
    private static final int ROUNDS = 6_000;
    private static final int MESSAGE_BYTES = 256;
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LoopCiphers ciphers = new LoopCiphers();
    private final byte[] message = new byte[MESSAGE_BYTES];

    private WarmUp() {}

    /** Does it. */
    public static void run() {
        long end = System.nanoTime() + MOST_NANOS;
        try (BufferPool pool = new BufferPool(new MemoryBounds(BUFFER, (long) BUFFERS * BUFFER, 0, 0), 1)) {
            LoopMemory memory = pool.share(0);
            Buffer plain = Objects.requireNonNull(memory.borrow());
            Buffer sealed = Objects.requireNonNull(memory.borrow());
            WarmUp warmUp = new WarmUp();
            Random random = new Random(1);
            for (int i = 0; i < ROUNDS && System.nanoTime() - end < 0; i++) {
                // Most clients agree on the first.
                warmUp.round(i % 4 == 3 ? RecordSuite.AES_256_GCM : RecordSuite.AES_128_GCM, random, plain, sealed);
            }
            memory.giveBack(plain);
            memory.giveBack(sealed);
        } catch (TlsException e) {
            throw new IllegalStateException("a record of its own does not open", e);
        }
    }

    private void round(RecordSuite suite, Random random, Buffer plain, Buffer sealed) throws TlsException {
        byte[] one = new byte[suite.secretBytes()];
        byte[] other = new byte[suite.secretBytes()];
        random.nextBytes(one);
        random.nextBytes(other);
        Records from = new TrafficRecords(new TrafficSecrets(suite, one, 0, other, 0), true);
        Records to = new TrafficRecords(new TrafficSecrets(suite, other, 0, one, 0), false);
        plain.append(message, 0, message.length);
        from.seal(ciphers, plain, sealed);
        to.open(ciphers, sealed, 0);
        plain.clear();
        sealed.clear();
        from.end();
        to.end();
    }
}
