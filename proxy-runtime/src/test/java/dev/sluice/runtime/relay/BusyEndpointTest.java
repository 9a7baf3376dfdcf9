package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A Unix socket whose process is slow to accept, of two endpoints that take turns. Connects to it fail at once while its backlog is full. */
class BusyEndpointTest {
    private static final int CLIENTS = 6;

    @TempDir
    Path directory = Path.of("");

    private final List<SocketChannel> waiting = new ArrayList<>();
    private final TestingTransport transport = new TestingTransport();
    private final ServerSocketChannel busy = openUnix();

    private static ServerSocketChannel openUnix() {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(directory.resolve("s"));
    }

    @BeforeEach
    void fill() throws IOException {
        busy.bind(address(), 1);
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            waiting.add(channel);
            channel.configureBlocking(false);
            try {
                channel.connect(address());
            } catch (IOException full) {
                return;
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        closeWaiting();
        busy.close();
    }

    private void closeWaiting() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
    }

    private void acceptAndEcho() {
        try {
            while (true) {
                SocketChannel accepted = busy.accept();
                Thread.ofVirtual().start(() -> echo(accepted));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void echo(SocketChannel channel) {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        try (channel) {
            while (channel.read(bytes.clear()) >= 0) {
                channel.write(bytes.flip());
            }
        } catch (IOException reset) {
            // As good as an end.
        }
    }

    @Test
    void clientsWaitUntilItAcceptsAndItKeepsItsTurn() throws Exception {
        try (TestingUpstream other = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint("unix:" + address().getPath()).endpoint(other)
                        .start(transport)) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < 2 * CLIENTS; i++) {
                clients.add(proxy.connect());
            }
            Await.value("several attempts for each", transport::connects, now -> now >= 4 * CLIENTS);
            assertEquals(CLIENTS, other.accepted(), "a busy endpoint is not passed over");
            Thread.ofVirtual().start(this::acceptAndEcho);
            for (TestingClient client : clients) {
                assertEquals("x", client.roundTrip("x"));
                client.close();
            }
            assertEquals(CLIENTS, other.accepted());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 2 * CLIENTS);
            closeWaiting();
        }
    }

    @Test
    void whoHasWaitedForTheConnectTimeoutIsCutAndItIsStillNotBlamed() throws Exception {
        try (TestingUpstream other = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().cluster("connectAttempts: 1")
                        .cluster("timeouts: { connect: 100ms }").endpoint("unix:" + address().getPath()).endpoint(other)
                        .start(transport)) {
            for (int i = 1; i <= 3; i++) {
                int number = i;
                try (TestingClient unlucky = proxy.connect()) {
                    assertEquals(End.RESET, unlucky.end());
                }
                Await.value("the end of client " + i, () -> proxy.closed(CloseReason.CONNECT_TIMEOUT),
                        now -> now == number);
                try (TestingClient lucky = proxy.connect()) {
                    assertEquals("x", lucky.roundTrip("x"));
                }
                assertEquals(i, other.accepted());
            }
        }
    }
}
