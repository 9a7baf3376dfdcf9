package dev.sluice.examples.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A small server behind the proxy, with a virtual thread for each connection. */
final class Upstream implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocket listening;

    /** The treatment of a connection, which is closed afterwards. */
    interface Service {
        void serve(Socket client) throws IOException;
    }

    private Upstream(ServerSocket listening) {
        this.listening = listening;
    }

    /** Listens on a free port of 127.0.0.1. */
    static Upstream start(Service service) throws IOException {
        ServerSocket listening = new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().name("upstream").start(() -> acceptAll(listening, service));
        return new Upstream(listening);
    }

    /** Sends back all bytes, until the client has finished. */
    static void echo(Socket client) throws IOException {
        client.getInputStream().transferTo(client.getOutputStream());
    }

    private static void acceptAll(ServerSocket listening, Service service) {
        while (true) {
            Socket client;
            try {
                client = listening.accept();
            } catch (IOException closed) {
                return;
            }
            Thread.ofVirtual().start(() -> {
                try (client) {
                    client.setTcpNoDelay(true);
                    service.serve(client);
                } catch (IOException gone) {
                    // The other end has noticed too, and it is the one that compares.
                }
            });
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
