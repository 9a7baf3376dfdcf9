package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The time for which a connection of the admin interface may stand still: it depends on what is owed on it. */
class BridgedConnectionTest {
    private final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private ServerSocketChannel front;
    private ServerSocketChannel http;
    private SocketChannel client;
    private SocketChannel accepted;
    private SocketChannel server;
    private BridgedConnection connection;
    private Thread runner;

    @BeforeEach
    void connect() throws IOException {
        front = ServerSocketChannel.open().bind(any);
        http = ServerSocketChannel.open().bind(any);
        client = SocketChannel.open(front.getLocalAddress());
        accepted = front.accept();
        connection = new BridgedConnection(accepted, (InetSocketAddress) http.getLocalAddress(),
                ConcurrentHashMap.newKeySet(), new SpareDescriptors(0));
        runner = Thread.ofVirtual().start(connection::run);
        server = http.accept();
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        assertTrue(runner.join(Await.PATIENCE));
        for (AutoCloseable each : new AutoCloseable[]{server, client, http, front}) {
            each.close();
        }
    }

    private static void write(SocketChannel to, String text) throws IOException {
        to.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String read(SocketChannel from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && from.read(bytes) >= 0) {
            // Until all of it is there.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }

    private boolean openAfter(Duration idle) {
        connection.tick(System.nanoTime() + idle.toNanos());
        return accepted.isOpen();
    }

    /** Scrapers come every minute, and find their connection as they left it. */
    @Test
    void anIdleOneStaysForMinutesAndServes() throws Exception {
        for (int i = 0; i < 2; i++) {
            write(client, "ask");
            assertEquals("ask", read(server, 3));
            write(server, "answer");
            assertEquals("answer", read(client, 6));
            // The client may have it before the thread that wrote it knows.
            Await.until("nothing to be owed", () -> !connection.isOwing());
            assertTrue(openAfter(Duration.ofSeconds(90)));
        }
        assertFalse(openAfter(BridgedConnection.IDLE.plusSeconds(1)));
    }

    @Test
    void aRequestThatDoesNotEndIsNotWaitedForSoLong() throws IOException {
        write(client, "as");
        assertEquals("as", read(server, 2));
        assertTrue(connection.isOwing());
        assertTrue(openAfter(Duration.ofSeconds(30)));
        assertFalse(openAfter(BridgedConnection.NO_PROGRESS.plusSeconds(1)));
    }

    @Test
    void aResponseThatIsNotTakenIsNotEither() throws Exception {
        server.configureBlocking(false);
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        // More than all kernels on the way take: from then on nothing moves.
        Await.until("the way to the client to be full", () -> {
            int taken = 0;
            for (int n = server.write(much.clear()); n > 0; n = server.write(much.clear())) {
                taken += n;
            }
            return taken == 0;
        });
        assertTrue(openAfter(Duration.ofSeconds(30)));
        // What is on its way between the kernels' buffers may still move for a moment.
        Await.until("the end", () -> !openAfter(BridgedConnection.NO_PROGRESS.plusSeconds(1)));
    }
}
