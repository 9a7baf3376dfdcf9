package dev.sluice.examples.faults;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server with a thread for each client, until it is closed. */
final class TestingServer implements AutoCloseable {
    /** The talk with one client. */
    @FunctionalInterface
    interface Talk {
        void with(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private final ServerSocket listening;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

    private TestingServer(ServerSocket listening) {
        this.listening = listening;
    }

    static TestingServer start(Talk talk) {
        try {
            TestingServer server = new TestingServer(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
            Thread.ofVirtual().start(() -> server.accept(talk));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(Talk talk) {
        try {
            while (true) {
                Socket client = listening.accept();
                clients.add(client);
                Thread.ofVirtual().start(() -> talk(talk, client));
            }
        } catch (IOException e) {
            // It has been closed.
        }
    }

    private void talk(Talk talk, Socket client) {
        try (client) {
            talk.with(new DataInputStream(client.getInputStream()), new DataOutputStream(client.getOutputStream()));
        } catch (IOException e) {
            // The client has gone, in a way that a test wants.
        } finally {
            clients.remove(client);
        }
    }

    /** Its port; for {@code @Endpoint}, too. */
    public int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
