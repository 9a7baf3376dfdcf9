package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ServerStats;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 2 and 16: receivers that never read hold little, and cannot keep the memory from the others. */
class SlowReaderFaultsTest {
    /** Of 1 MiB each, fewer than there are receivers. */
    private static final int PIPES = 8;

    /** Sends without end to clients that ask for it, and echoes for the others. */
    private static void blastOrEcho(java.net.Socket client) throws java.io.IOException {
        int first = client.getInputStream().read();
        if (first == 'B') {
            byte[] chunk = new byte[64 * 1024];
            while (true) {
                client.getOutputStream().write(chunk);
            }
        }
        client.getOutputStream().write(first);
        TestingUpstream.echo(client);
    }

    @ParameterizedTest
    @CsvSource({"64MiB, 32MiB, 200", "1MiB, 256KiB, 100", "512KiB, 128KiB, 30"})
    void readersThatNeverReadAreCutAndTheOthersServedMeanwhile(String pool, String stash, int few)
            throws Exception {
        int blasted = few * FaultSize.of(1, 10);
        try (TestingUpstream upstream = TestingUpstream.start(SlowReaderFaultsTest::blastOrEcho);
                TestingProxy proxy = TestingProxy.builder()
                        .with("memory: { pool: " + pool + ", stash: " + stash + ", pipes: " + PIPES + "MiB }")
                        .listener("timeouts: { writeStall: " + FaultSize.of(1, 3) + "s }").endpoint(upstream).start()) {
            List<TestingClient> deaf = new ArrayList<>();
            for (int i = 0; i < blasted; i++) {
                TestingClient client = proxy.connect();
                client.socket().setReceiveBufferSize(4096);
                client.send("B");
                deaf.add(client);
            }
            Await.until("receivers to hold memory",
                    proxy::holdsBytes);
            try (TestingClient healthy = proxy.connect()) {
                for (int i = 0; i < 200; i++) {
                    assertEquals("hello", healthy.roundTrip("hello"));
                    ServerStats now = proxy.stats();
                    long held = now.stashBytes() + now.buffersBorrowed() * 64 * 1024;
                    assertTrue(held <= (blasted + 2) * 64L * 1024, () -> "more than 64 KiB for each: " + now);
                    assertTrue(now.pipesBorrowed() <= PIPES, () -> "more pipes than allowed: " + now);
                }
            }
            Await.equal("the deaf ones to be gone", 0, () -> proxy.stats().connectionsActive());
            assertEquals(blasted, proxy.closed(CloseReason.CLIENT_WRITE_STALL));
            for (TestingClient client : deaf) {
                client.close();
            }
        }
    }

    /** With room for hardly anything, everybody still gets everything. */
    @Test
    void bulkTransfersShareATinyPool() throws Exception {
        int size = 2_000_000;
        int clients = 40;
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder()
                        .with("memory: { readBuffer: 4KiB, pool: 32KiB, stash: 8KiB }").endpoint(upstream)
                        .start()) {
            List<Thread> threads = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                TestingClient client = proxy.connect();
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        client.send(new byte[size]);
                        client.finish();
                    } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                    }
                }));
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        assertEquals(size, client.readAll().length);
                        client.close();
                    } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, clients);
            assertEquals((long) size * clients, proxy.stats().bytesDown());
            assertTrue(proxy.stats().memoryBytes() <= 40 * 1024, () -> "over the bound: " + proxy.stats());
        }
    }
}
