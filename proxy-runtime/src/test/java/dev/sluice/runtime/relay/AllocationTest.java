package dev.sluice.runtime.relay;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Fault 17: what the event loop allocates while bytes move. */
class AllocationTest {
    private static final int CHUNKS = 100_000;
    private static final int BATCHES = 10;

    private static long allocatedByLoop() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (long id : threads.getAllThreadIds()) {
            if (threads.getThreadInfo(id).getThreadName().equals("sluice-loop-0")) {
                return threads.getThreadAllocatedBytes(id);
            }
        }
        throw new AssertionError("no event loop");
    }

    /** Some work for the loop, always the same amount. */
    private interface Batch {
        void run() throws Exception;
    }

    /**
     * Repeats a batch until the loop allocates at most so much for one. The first ones are for the compiler: until it has seen enough, a native
     * call of the epoll transport makes an object, and on a busy machine it comes late. What is allocated for each chunk never ends.
     */
    private static void assertSettlesBelow(long limit, String unit, Batch batch) throws Exception {
        long allocated = Long.MAX_VALUE;
        for (int i = 0; i < BATCHES && allocated >= limit; i++) {
            long before = allocatedByLoop();
            batch.run();
            allocated = allocatedByLoop() - before;
        }
        assertTrue(allocated < limit, allocated + " bytes for " + unit + ", batch " + BATCHES);
    }

    private static void pingPong(TestingClient client, int times, int size) throws Exception {
        InputStream in = client.socket().getInputStream();
        OutputStream out = client.socket().getOutputStream();
        byte[] chunk = new byte[size];
        for (int i = 0; i < times; i++) {
            out.write(chunk);
            assertEquals(size, in.readNBytes(chunk, 0, size));
        }
    }

    @Test
    void nothingIsAllocatedForAChunk() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            // The loop trims its memory once a second and the JIT may deoptimise; a single object per chunk would be 1.6 MB.
            assertSettlesBelow(CHUNKS / 10, CHUNKS + " chunks", () -> pingPong(client, CHUNKS / 2, 1024));
        }
    }

    /** Looks at every byte, and gates reads. */
    private static final class Watcher implements ConnectionFilter, ReadGate {
        private long sum;

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            for (int i = 0; i < bytes.length(); i++) {
                sum += bytes.get(i);
            }
            bytes.forwardAll();
            return DataAction.CONTINUE;
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return sum >= 0 ? UNLIMITED : 1;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return nowNanos;
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            sum += bytes;
        }
    }

    /** Replaces every byte by its complement. */
    private static final class Complement implements TransformFilter {
        private final byte[] complement = new byte[1024];

        @Override
        public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
            int count = Math.min(Math.min(bytes.length(), bytes.emitCapacity()), complement.length);
            for (int i = 0; i < count; i++) {
                complement[i] = (byte) ~bytes.get(i);
            }
            bytes.drop(count);
            bytes.emit(complement, 0, count);
            return DataAction.CONTINUE;
        }
    }

    @Test
    void nothingIsAllocatedForAChunkThatFiltersSee() throws Exception {
        FilterTraits both = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM, Direction.UPSTREAM_TO_CLIENT);
        FilterTraits transforms = FilterTraits.transforms(Direction.CLIENT_TO_UPSTREAM);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .loops(1)
                        .filter(new TestingFilter("watches", both, connection -> new Watcher()))
                        .filter(new TestingFilter("rewrites", transforms, connection -> new Complement())).start();
                TestingClient client = proxy.connect()) {
            assertSettlesBelow(CHUNKS / 10, CHUNKS + " chunks", () -> pingPong(client, CHUNKS / 2, 1024));
        }
    }

    /** The allocation of a connection from accept to close: its own state, and little that is garbage at once. */
    @Test
    void aConnectionAllocatesLittleMoreThanItKeeps() throws Exception {
        int connections = 2_000;
        // A channel of the JDK, its key and its addresses are larger than the rest: some 2,060 bytes with the headers of these tests.
        int most = TestingTransport.realHearsResets() ? 1024 : 2304;
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).endpoint(upstream).start()) {
            assertSettlesBelow((long) most * connections, connections + " connections", () -> {
                for (int i = 0; i < connections; i++) {
                    try (TestingClient client = proxy.connect()) {
                        assertEquals("x", client.roundTrip("x"));
                    }
                }
                proxy.awaitIdle();
            });
        }
    }

    /** Residues, stash cells and changes of interest must not allocate either. */
    @Test
    void nothingIsAllocatedForAChunkThatHasToWait() throws Exception {
        int rounds = 75;
        int size = 4_000_000;
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            byte[] bytes = new byte[size];
            while (client.getInputStream().read() >= 0) {
                client.getOutputStream().write(bytes);
            }
        });
                TestingProxy proxy = TestingProxy.builder().loops(1).with("memory: { readBuffer: 16KiB }")
                        .endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            long chunks = (long) size * rounds / (16 * 1024);
            assertSettlesBelow(chunks * 8, "at least " + chunks + " chunks", () -> {
                for (int i = 0; i < rounds; i++) {
                    client.send("x");
                    client.read(size);
                }
            });
        }
    }
}
