package dev.sluice.runtime.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.Answer;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Fault 8: a client that is refused reads why, whatever it has sent and nobody has read. */
class RefusalTest {
    private static final int MANY = 300;
    private static final String BANNER = "554 no mail from here\r\n";
    private static final byte[] BANNER_BYTES = BANNER.getBytes(StandardCharsets.US_ASCII);
    private static final FilterTraits BOTH = FilterTraits.inspects(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT).holds(64,
            Duration.ofMinutes(1));

    private static DataAction refuse(ConnectionContext context) {
        context.explain("refused");
        context.sendLast(BANNER_BYTES);
        return DataAction.REJECT;
    }

    private static TestingFilter atConnect() {
        ConnectionFilter refuses = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                context.sendLast(BANNER_BYTES);
                return ConnectDecision.REJECT;
            }
        };
        return new TestingFilter("test", FilterTraits.connectionOnly(), connection -> refuses);
    }

    /** Refuses a direction at the letter q, and lets pass what comes before it. */
    private static TestingFilter at(Direction refused, FilterTraits traits) {
        ConnectionFilter watches = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                int at = direction == refused ? bytes.indexOf((byte) 'q', 0, bytes.length()) : -1;
                if (at >= 0) {
                    bytes.forward(at);
                    return refuse(context);
                }
                if (direction == refused || traits.maxHeldBytes() == 0) {
                    bytes.forwardAll();
                }
                return DataAction.CONTINUE;
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                return refuse(context);
            }
        };
        return new TestingFilter("test", traits, connection -> watches);
    }

    private static void assertRefused(TestingClient client) throws IOException {
        assertEquals(BANNER, new String(client.readAll(), StandardCharsets.US_ASCII));
    }

    @Test
    void everyClientThatIsRefusedAtConnectReadsWhy() throws IOException {
        byte[] unread = new byte[50_000];
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(atConnect()).start()) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    if (i % 2 == 0) {
                        client.send(unread);
                    }
                    assertRefused(client);
                    // It does not have to stop at once.
                    client.send("QUIT\r\n");
                }
            }
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, MANY);
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void everyClientThatIsRefusedByItsBytesReadsWhyAndTheEndpointIsReset() throws Exception {
        CountDownLatch resets = new CountDownLatch(MANY);
        try (TestingUpstream upstream = TestingUpstream.start(server -> {
            try {
                while (server.getInputStream().read() >= 0) {
                    // Until the end, which has to be a reset.
                }
            } catch (IOException reset) {
                resets.countDown();
            }
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(at(CLIENT_TO_UPSTREAM, FilterTraits.inspects(CLIENT_TO_UPSTREAM))).start()) {
            for (int i = 0; i < MANY; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send("helo");
                    client.send("q");
                    client.send("unread".repeat(i));
                    assertRefused(client);
                }
            }
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, MANY);
            assertTrue(resets.await(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS), resets.getCount() + " left");
        }
    }

    @Test
    void whatTheEndpointSentBeforeComesBeforeTheLastBytesHoweverSlowTheClient() throws IOException {
        byte[] document = new byte[4 << 20];
        Arrays.fill(document, (byte) 'd');
        try (TestingUpstream upstream = TestingUpstream.start(server -> {
            server.getOutputStream().write(document);
            server.getOutputStream().write("quit".getBytes(StandardCharsets.US_ASCII));
            server.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(at(UPSTREAM_TO_CLIENT, FilterTraits.inspects(UPSTREAM_TO_CLIENT))).start();
                TestingClient client = proxy.connect()) {
            client.send("never mind");
            assertArrayEquals(document, client.read(document.length));
            assertRefused(client);
            client.finish();
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
        }
    }

    @Test
    void whatFiltersHoldOfTheOtherDirectionIsNotDelivered() throws IOException {
        try (TestingUpstream upstream = TestingUpstream.start(server -> {
            server.getOutputStream().write("secret".getBytes(StandardCharsets.US_ASCII));
            server.getInputStream().read();
        });
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(at(CLIENT_TO_UPSTREAM, BOTH))
                        .start();
                TestingClient client = proxy.connect()) {
            Await.until("the secret to be held", () -> proxy.stats().stashBytes() > 0);
            client.send("q");
            assertRefused(client);
            client.finish();
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
            assertEquals(0, proxy.stats().stashBytes());
        }
    }

    @Test
    void aTimeOutMayRefuseWithLastBytesToo() throws IOException {
        ConnectionFilter asks = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                context.suspend(Duration.ofMillis(50), Answer.reject("nobody answered", BANNER_BYTES));
                return ConnectDecision.SUSPEND;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("test", FilterTraits.connectionOnly(), connection -> asks)).start();
                TestingClient client = proxy.connect()) {
            client.send("unread");
            assertRefused(client);
            client.finish();
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
        }
    }

    @Test
    void aClientThatHasFinishedReadsWhyAsWell() throws IOException {
        FilterTraits traits = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(64, Duration.ofMinutes(1))
                .waitedForBeforeRouting();
        ConnectionFilter waits = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                return DataAction.CONTINUE;
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                return refuse(context);
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("test", traits, connection -> waits)).start();
                TestingClient client = proxy.connect()) {
            client.send("hel");
            client.finish();
            assertRefused(client);
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void rejectedIsReset() throws IOException {
        ConnectionFilter rejects = new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                context.explain("I do not like it");
                return DataAction.REJECT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .filter(new TestingFilter("test", FilterTraits.inspects(CLIENT_TO_UPSTREAM),
                                connection -> rejects))
                        .start();
                TestingClient client = proxy.connect()) {
            client.send("hello");
            assertEquals(TestingClient.End.RESET, client.end());
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
        }
    }

    @Test
    void aTarpitTellsTheClientNothing() throws IOException {
        ConnectionFilter tarpits = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                context.explain("go away");
                return ConnectDecision.TARPIT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("timeouts: { tarpit: 300ms }")
                        .filter(tarpit(tarpits)).start();
                TestingClient client = proxy.connect()) {
            client.send("anybody there?");
            Await.equal("the connection", 1, () -> proxy.stats().connectionsActive());
            assertEquals(TestingClient.End.RESET, client.end());
            proxy.awaitClosed(CloseReason.FILTER_TARPITTED, 1);
            assertEquals(0, upstream.accepted());
        }
    }

    private static TestingFilter tarpit(ConnectionFilter filter) {
        return new TestingFilter("test", FilterTraits.connectionOnly(), connection -> filter);
    }

    @Test
    void aDrainDoesNotWaitForATarpit() throws IOException {
        ConnectionFilter tarpits = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                return ConnectDecision.TARPIT;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("timeouts: { tarpit: 1h }").filter(tarpit(tarpits)).start();
                TestingClient client = proxy.connect()) {
            Await.equal("the connection", 1, () -> proxy.stats().connectionsActive());
            assertEquals(0, proxy.server().drain(Duration.ofMinutes(5)).cut());
            assertEquals(TestingClient.End.RESET, client.end());
            assertEquals(1, proxy.closed(CloseReason.FILTER_TARPITTED));
        }
    }

    /** The timer that ends the wait is the one that ends the tarpit: it must not do both at once. */
    @Test
    void aWaitThatIsOverLeadsToATarpitOfFullLength() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        ConnectionFilter waits = new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                boolean first = connections.getAndIncrement() == 0;
                context.suspend(Duration.ofMillis(50), first ? Answer.tarpit("no answer") : Answer.reject("no answer"));
                return ConnectDecision.SUSPEND;
            }
        };
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).loops(1)
                        .listener("timeouts: { tarpit: 1h }").filter(tarpit(waits)).start();
                TestingClient first = proxy.connect()) {
            Await.equal("the first client's wait", 1, connections::get);
            try (TestingClient second = proxy.connect()) {
                // Its wait began later, on the same loop: when it is over, that of the first one is.
                Await.equal("refused clients", 1L, () -> proxy.closed(CloseReason.FILTER_REJECTED));
            }
            assertEquals(0, proxy.closed(CloseReason.FILTER_TARPITTED));
            assertEquals(1, proxy.stats().connectionsActive());
        }
    }

    @Test
    void aClientThatDoesNotGoIsCutAfterTheLinger() throws IOException {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream)
                        .listener("timeouts: { linger: 100ms }").filter(atConnect()).start();
                TestingClient stays = proxy.connect();
                TestingClient resets = proxy.connect()) {
            assertRefused(stays);
            resets.reset();
            // The reason is the filter's, whichever side ends it.
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 2);
        }
    }
}
