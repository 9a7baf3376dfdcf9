package dev.sluice.examples.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server of a cluster, on a port of its own that it keeps when it stops listening and comes back. The endpoints are on addresses on which
 * nobody dials out, so that no outgoing connection takes such a port meanwhile.
 */
final class Endpoint implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final String cluster;
    private final InetSocketAddress address;
    private final Conversations conversations;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<Socket, Plan> plans = new ConcurrentHashMap<>();
    private final Set<Socket> crashed = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listening;
    /** Since when no connection that begins may come here; MAX_VALUE = it may. */
    private volatile long outOfServiceNanos = Long.MAX_VALUE;

    Endpoint(String cluster, String host, Conversations conversations) throws IOException {
        this.cluster = cluster;
        this.conversations = conversations;
        listening = listen(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
        address = (InetSocketAddress) listening.getLocalSocketAddress();
    }

    private ServerSocket listen(InetSocketAddress at) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(at, BACKLOG);
        Thread.ofVirtual().name("endpoint " + at).start(() -> accept(server));
        return server;
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed, or a client that was gone before.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            conversations.serve(this, socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            open.remove(socket);
            plans.remove(socket);
            crashed.remove(socket);
        }
    }

    /** Notes whose connection this is, for {@link #crash}. */
    void belongs(Socket socket, Plan plan) {
        plans.put(socket, plan);
        if (crashed.contains(socket)) {
            plan.crash();
        }
    }

    /** Stops listening; open connections go on. */
    void stop() throws IOException {
        listening.close();
    }

    /** Stops listening, and resets what is open. */
    void crash() throws IOException {
        stop();
        for (Socket socket : open) {
            crashed.add(socket);
            Plan plan = plans.get(socket);
            if (plan != null) {
                plan.crash();
            }
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It has ended meanwhile.
            }
        }
    }

    /** Listens again. */
    void comeBack() throws IOException {
        if (listening.isClosed()) {
            listening = listen(address);
        }
    }

    /** From now on, nothing that begins may come here. */
    void outOfService() {
        outOfServiceNanos = System.nanoTime();
    }

    void inService() {
        outOfServiceNanos = Long.MAX_VALUE;
    }

    long outOfServiceNanos() {
        return outOfServiceNanos;
    }

    String cluster() {
        return cluster;
    }

    /** As in the configuration. */
    String address() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    int open() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return address() + " of cluster " + cluster;
    }
}
