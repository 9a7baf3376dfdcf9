package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.loop.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge that accepts operators on the public socket and connects each to the HTTP server behind it. See the
 * package documentation for the reasons.
 */
final class Bridge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

    private static final Duration TICK = Duration.ofSeconds(1);
    /**
     * The tick while there is neither a connection nor a request. Not infinite: requests also come from clients that
     * connect past the bridge, which do not wake it.
     */
    private static final Duration IDLE_TICK = Duration.ofSeconds(10);
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(50);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    /**
     * Descriptors for two requests, because one may begin while the one before is cleared away: the client, both ends
     * of the connection to the HTTP server, and the files opened for the response.
     */
    static final int SPARE_DESCRIPTORS = 8;

    private final AdminSocket front;
    private final InetSocketAddress server;
    private final int most;
    private final BooleanSupplier expire;
    private final Selector selector;
    private final Thread acceptor;
    private final SpareDescriptors spare;
    private final Set<Integer> admitted;

    /** Connections in the order in which they were accepted; guarded by itself. */
    private final Map<BridgedConnection, Thread> connections = new LinkedHashMap<>();
    private volatile boolean closed;
    private final LogThrottle failureReports = new LogThrottle(Duration.ofSeconds(10));

    /**
     * A bridge that does not accept yet. Owns the front socket.
     *
     * @param admitted a concurrent set that always has the local ports of the connections to the HTTP server
     * @param most connections at once; one more closes the oldest
     * @param expire ends requests beyond their deadline, and returns whether others are under way: then it is called
     *     again after a second
     */
    Bridge(AdminSocket front, InetSocketAddress server, Set<Integer> admitted, int most, BooleanSupplier expire)
            throws IOException {
        this.front = front;
        this.server = server;
        this.admitted = admitted;
        this.most = most;
        this.expire = expire;
        this.selector = Selector.open();
        this.spare = new SpareDescriptors(SPARE_DESCRIPTORS);
        this.acceptor = Thread.ofPlatform().name("sluice-admin").daemon().unstarted(this::run);
    }

    /** Starts to accept. */
    void start() throws IOException {
        front.channel().register(selector, SelectionKey.OP_ACCEPT);
        acceptor.start();
    }

    /** Connections open now. */
    int connections() {
        synchronized (connections) {
            return connections.size();
        }
    }

    private void run() {
        // Loads the classes of virtual threads while threads are available: a class that failed to load once never
        // loads.
        Thread.ofVirtual().unstarted(() -> {});
        long lastTick = System.nanoTime();
        boolean idle = false;
        while (!closed) {
            try {
                selector.select((idle ? IDLE_TICK : TICK).toMillis());
                if (!selector.selectedKeys().isEmpty()) {
                    selector.selectedKeys().clear();
                    acceptOne();
                }
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("admin: accept failed", e);
                    LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
                }
            }
            long now = System.nanoTime();
            if (now - lastTick >= TICK.toNanos()) {
                lastTick = now;
                boolean nothingMissing = spare.refill();
                boolean noConnections = tick(now);
                boolean noRequests = !expire.getAsBoolean();
                idle = nothingMissing && noConnections && noRequests;
            } else {
                idle = false;
            }
        }
    }

    /** Accepts once per readiness: without a free descriptor, an accept fails even when no client waits. */
    private void acceptOne() throws IOException {
        SocketChannel client = accept();
        if (client == null) {
            return;
        }
        BridgedConnection connection = new BridgedConnection(client, server, admitted, spare);
        Thread thread = Thread.ofVirtual().name("sluice-admin-bridge").unstarted(() -> {
            try {
                connection.run();
            } finally {
                forget(connection);
                // At once, before an event loop takes the descriptors that have just become free.
                spare.refill();
            }
        });
        synchronized (connections) {
            if (connections.size() >= most) {
                BridgedConnection oldest = connections.keySet().iterator().next();
                connections.remove(oldest);
                oldest.close();
            }
            connections.put(connection, thread);
        }
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // Most likely the system's limit on threads. This request is lost; the next one may not be.
            forget(connection);
            connection.close();
            LOG.warn("admin: a connection was closed, because no thread could be started for it: {}",
                    noThread.getMessage());
        }
    }

    private @Nullable SocketChannel accept() throws IOException {
        try {
            return front.channel().accept();
        } catch (ClosedChannelException e) {
            return null;
        } catch (IOException e) {
            if (spare.release()) {
                return front.channel().accept();
            }
            long leftOut = failureReports.admit(System.nanoTime());
            if (leftOut != LogThrottle.NOT_NOW) {
                LOG.warn("admin: cannot accept, trying again: {}{}", e.toString(), LogThrottle.leftOut(leftOut));
            }
            LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
            return null;
        }
    }

    private void forget(BridgedConnection connection) {
        synchronized (connections) {
            connections.remove(connection);
        }
    }

    /** Checks all connections. @return whether there are none */
    private boolean tick(long now) {
        synchronized (connections) {
            for (BridgedConnection connection : connections.keySet()) {
                connection.tick(now);
            }
            return connections.isEmpty();
        }
    }

    /** Stops accepting. Connections go on, without their deadlines. */
    void stopAccepting() {
        closed = true;
        selector.wakeup();
        Threads.join(acceptor, CLOSE_PATIENCE);
        front.close();
        try {
            // Until then the socket still takes connections.
            selector.close();
        } catch (IOException e) {
            LOG.warn("admin: closing failed", e);
        }
    }

    /** Waits for the end of the connections that are open now, but not for the caller's own, for a time at most. */
    void awaitEnd(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        for (Thread thread : open().values()) {
            long left = until - System.nanoTime();
            if (thread != Thread.currentThread() && left > 0) {
                Threads.join(thread, Duration.ofNanos(left));
            }
        }
    }

    private Map<BridgedConnection, Thread> open() {
        synchronized (connections) {
            return Map.copyOf(connections);
        }
    }

    /** Stops accepting, closes every connection, and waits for the threads, for a second each at most. */
    @Override
    public void close() {
        stopAccepting();
        Map<BridgedConnection, Thread> rest = open();
        rest.keySet().forEach(BridgedConnection::close);
        for (Thread thread : rest.values()) {
            // Not the current thread, should a request close the server.
            if (thread != Thread.currentThread()) {
                Threads.join(thread, CLOSE_PATIENCE);
            }
        }
        spare.close();
    }
}
