package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Streams that a reset cuts: what had arrived before it is delivered, and the end is a reset all the same. */
class CutStreamTest {
    /** More than the kernel's buffers on the way to a client that does not read. */
    private static final int MORE_THAN_FITS = 50_000_000;

    /** Looks at everything, and lets it pass. */
    private static final TestingFilter PASSING = new TestingFilter("passing",
            FilterTraits.inspects(Direction.UPSTREAM_TO_CLIENT), connection -> new ConnectionFilter() {
                @Override
                public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                    bytes.forwardAll();
                    return DataAction.CONTINUE;
                }
            });

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes until the receiver has no room left, then resets when told to. */
    private static TestingUpstream.Script blastAndReset(CountDownLatch reset) {
        return endpoint -> {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    endpoint.getOutputStream().write(new byte[MORE_THAN_FITS]);
                } catch (IOException own) {
                    // The reset below.
                }
            });
            await(reset);
            endpoint.setSoLinger(true, 0);
            endpoint.close();
            try {
                writer.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
    }

    /** Reads a little at a time. @return how many bytes came before the end, which has to be a reset */
    private static long readSlowlyToTheReset(TestingClient client) throws IOException {
        byte[] some = new byte[10_000];
        long read = 0;
        try {
            for (int count; (count = client.socket().getInputStream().read(some)) >= 0;) {
                read += count;
            }
        } catch (SocketException reset) {
            return read;
        }
        throw new AssertionError("a stream that was cut ended with FIN");
    }

    @Test
    void aClientThatReadsSlowlyGetsWhatTheKernelHeldWhenTheEndpointReset() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport cannot know what is under way");
        CountDownLatch reset = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(blastAndReset(reset));
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            Await.until("the client's buffers to be full", proxy::holdsBytes);
            long before = proxy.stats().bytesDown();
            reset.countDown();
            long received = readSlowlyToTheReset(client);
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, 1);
            assertEquals(proxy.stats().bytesDown(), received, "every byte that was read from the endpoint arrives");
            assertTrue(received > before, () -> "nothing was read after the reset: " + before);
        }
    }

    @Test
    void anEndpointThatReadsSlowlyGetsWhatTheKernelHeldWhenTheClientReset() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport cannot know what is under way");
        CountDownLatch reset = new CountDownLatch(1);
        long[] received = new long[1];
        CountDownLatch over = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(endpoint -> {
            await(reset);
            try {
                received[0] = endpoint.getInputStream().transferTo(new Counting(received));
            } catch (SocketException cut) {
                over.countDown();
            }
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            TestingClient client = proxy.connect();
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    client.send(new byte[MORE_THAN_FITS]);
                } catch (IOException own) {
                    // The reset below.
                }
            });
            Await.until("the endpoint's buffers to be full", proxy::holdsBytes);
            client.reset();
            writer.join();
            reset.countDown();
            over.await();
            proxy.awaitClosed(CloseReason.CLIENT_RESET, 1);
            assertEquals(proxy.stats().bytesUp(), received[0]);
        }
    }

    @Test
    void aReceiverThatTakesNothingIsResetWhenTheLingerTimeIsOver() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport hears of it by the write stall");
        CountDownLatch reset = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(blastAndReset(reset));
                TestingProxy proxy = TestingProxy.builder().listener("timeouts: { linger: 300ms }").endpoint(upstream)
                        .start();
                TestingClient client = proxy.connect()) {
            Await.until("the client's buffers to be full", proxy::holdsBytes);
            reset.countDown();
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, 1);
            assertEquals(0, proxy.stats().buffersBorrowed());
            assertEquals(0, proxy.stats().stashBytes());
            assertEquals(End.RESET, client.end());
        }
    }

    @Test
    void whatFiltersHaveLetPassIsDeliveredToo() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "the portable transport cannot know what is under way");
        CountDownLatch reset = new CountDownLatch(1);
        try (TestingUpstream upstream = TestingUpstream.start(blastAndReset(reset));
                TestingProxy proxy = TestingProxy.builder()
                        .filter(PASSING).endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            Await.until("the client's buffers to be full", proxy::holdsBytes);
            reset.countDown();
            long received = readSlowlyToTheReset(client);
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, 1);
            assertEquals(proxy.stats().bytesDown(), received);
        }
    }

    /** Counts into the first place of an array, also what comes before an exception. */
    private static final class Counting extends OutputStream {
        private final long[] count;

        Counting(long[] count) {
            this.count = count;
        }

        @Override
        public void write(int one) {
            count[0]++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            count[0] += length;
        }
    }
}
