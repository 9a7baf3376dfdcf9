package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Field case 22: clients that leave without a byte, as the health checks of load balancers do. */
class SilentClientTest {
    @TempDir
    private Path directory;

    @Test
    void aClientThatClosesWithoutAByte() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            proxy.connect().close();
            proxy.awaitClosed(CloseReason.CLIENT_SILENT, 1);
            assertEquals(1, upstream.accepted(), "it is dialled for as configured");
        }
    }

    @Test
    void aClientThatResetsWithoutAByte() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            TestingClient client = proxy.connect();
            Await.equal("accepted connections", 1, upstream::accepted);
            client.reset();
            proxy.awaitClosed(CloseReason.CLIENT_SILENT, 1);
        }
    }

    @Test
    void aByteOfTheClientIsEnough() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            try (TestingClient client = proxy.connect()) {
                assertEquals("x", client.roundTrip("x"));
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @Test
    void aByteOfTheEndpointIsEnough() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {
            client.getOutputStream().write('!');
            TestingUpstream.echo(client);
        }); TestingProxy proxy = TestingProxy.before(upstream)) {
            try (TestingClient client = proxy.connect()) {
                assertEquals("!", client.readText(1));
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
    }

    @Test
    void anEndpointThatEndsTheConnectionIsNamed() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.start(client -> {});
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            assertEquals(TestingClient.End.FIN, client.end());
            client.finish();
            proxy.awaitClosed(CloseReason.UPSTREAM_FINISHED, 1);
        }
    }

    @Test
    void anEndpointThatCannotBeReachedIsNamed() throws Exception {
        int port;
        try (TestingUpstream gone = TestingUpstream.echo()) {
            port = gone.port();
        }
        try (TestingProxy proxy = TestingProxy.builder().endpoint("127.0.0.1:" + port).start()) {
            try {
                proxy.connect().close();
            } catch (SocketException resetAtOnce) {
                // The connect itself may meet the reset.
            }
            proxy.awaitClosed(CloseReason.CONNECT_FAILED, 1);
        }
    }

    /** While an endpoint is dialled the client is not read: what it has sent counts all the same. */
    @Test
    void aClientThatGaveUpWaitingForAnEndpoint() throws Exception {
        assumeTrue(TestingTransport.realHearsResets());
        try (TestingSilentEndpoint endpoint = new TestingSilentEndpoint();
                TestingProxy proxy = TestingProxy.builder().endpoint(endpoint.address()).start()) {
            TestingClient silent = proxy.connect();
            TestingClient speaking = proxy.connect();
            speaking.send("a request");
            Await.equal("open connections", 2, () -> proxy.stats().connectionsActive());
            silent.reset();
            Await.equal("silent clients", 1L, () -> proxy.closed(CloseReason.CLIENT_SILENT));
            speaking.reset();
            Await.equal("clients that gave up", 1L, () -> proxy.closed(CloseReason.CLIENT_RESET));
        }
    }

    /** A filter that waits for the first bytes, and refuses a client that sends none. */
    private static TestingFilter waiting(boolean lastWords, AtomicReference<CloseReason> told) {
        return new TestingFilter("waiting", FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM).holds(64,
                Duration.ofMinutes(1)).waitedForBeforeRouting(), accepted -> new ConnectionFilter() {
                    @Override
                    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                        return DataAction.CONTINUE;
                    }

                    @Override
                    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                            ConnectionContext context) {
                        if (lastWords) {
                            context.sendLast("bye".getBytes(StandardCharsets.US_ASCII));
                        }
                        return DataAction.REJECT;
                    }

                    @Override
                    public void onClose(CloseReason reason, ConnectionInfo connection) {
                        told.set(reason);
                    }
                });
    }

    @Test
    void aFilterThatWaitsForBytesDoesNotChangeIt() throws Exception {
        AtomicReference<CloseReason> told = new AtomicReference<>();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(waiting(false, told)).start()) {
            proxy.connect().close();
            proxy.awaitClosed(CloseReason.CLIENT_SILENT, 1);
            assertEquals(CloseReason.CLIENT_SILENT, told.get());
            try (TestingClient speaking = proxy.connect()) {
                speaking.send("x");
                speaking.finish();
                assertEquals(TestingClient.End.RESET, speaking.end());
            }
            Await.equal("refused clients", 1L, () -> proxy.closed(CloseReason.FILTER_REJECTED));
            assertEquals(0, upstream.accepted());
        }
    }

    @Test
    void aClientThatLeavesAfterItWasRefusedIsARefusedOne() throws Exception {
        AtomicReference<CloseReason> told = new AtomicReference<>();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(waiting(true, told)).start();
                TestingClient client = proxy.connect()) {
            client.finish();
            assertEquals("bye", new String(client.readAll(), StandardCharsets.US_ASCII));
            proxy.awaitClosed(CloseReason.FILTER_REJECTED, 1);
        }
    }

    @Test
    void skipEmptyLeavesThemOutOfTheAccessLog() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with("accessLog: { path: \""
                        + directory.resolve("access.log") + "\", format: text, template: $close_reason,"
                        + " skipEmpty: true }").endpoint(upstream).start()) {
            for (int i = 0; i < 10; i++) {
                proxy.connect().close();
                try (TestingClient client = proxy.connect()) {
                    client.roundTrip("x");
                }
            }
            Await.equal("silent clients", 10L, () -> proxy.closed(CloseReason.CLIENT_SILENT));
            proxy.awaitIdle();
        }
        assertEquals(List.of("client-finished"), lines().stream().distinct().toList());
        assertEquals(10, lines().size());
    }

    @Test
    void theyAreInTheAccessLogByDefault() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().with("accessLog: { path: \""
                        + directory.resolve("access.log") + "\", format: text, template: $close_reason $closed_by }")
                        .endpoint(upstream).start()) {
            proxy.connect().close();
            proxy.awaitClosed(CloseReason.CLIENT_SILENT, 1);
        }
        assertEquals(List.of("client-silent client"), lines());
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(directory.resolve("access.log"));
    }
}
