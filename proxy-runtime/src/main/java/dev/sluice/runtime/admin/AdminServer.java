package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin interface of one server. Any thread. */
public final class AdminServer implements AutoCloseable {
    /** Connections that may be open at once; one more closes the oldest. */
    public static final int MAX_CONNECTIONS = 64;

    /**
     * The most file descriptors of the admin interface: three per connection, the spare ones, two listening sockets and
     * their selectors.
     */
    public static final int MAX_DESCRIPTORS = 3 * MAX_CONNECTIONS + Bridge.SPARE_DESCRIPTORS + 8;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration WARM_UP_DELAY = Duration.ofSeconds(1);
    /** For an answer to be written when the server closes, and again for its way through the bridge. */
    private static final Duration ANSWER_PATIENCE = Duration.ofMillis(250);

    /** The most requests, more than the bridge can cause: clients that connect past the bridge must not block it. */
    private static final int MAX_REQUESTS = 4 * MAX_CONNECTIONS;
    private static final int BACKLOG = 2 * MAX_CONNECTIONS;

    private final AdminSocket front;
    private final HttpServer http;
    private final RequestExecutor requests;
    private final Bridge bridge;
    private final WarmUp warmUp;
    private final AccessGuard guard;

    private AdminServer(AdminSocket front, HttpServer http, RequestExecutor requests, Bridge bridge,
            WarmUp warmUp, AccessGuard guard) {
        this.guard = guard;
        this.front = front;
        this.http = http;
        this.requests = requests;
        this.bridge = bridge;
        this.warmUp = warmUp;
    }

    /**
     * Starts to serve.
     *
     * @param listen an address that only this machine can reach, or any address if there is a token; port 0 for any.
     *     At a Unix path a socket file without a listening process is replaced, any other file is left alone
     * @param token the token that requests need; null = none
     * @throws IllegalArgumentException if the address needs a token and there is none
     * @throws IOException if the address cannot be listened on; the message is complete
     */
    public static AdminServer start(SocketAddress listen, @Nullable AdminToken token, AdminParts parts)
            throws IOException {
        return start(listen, token, parts, null);
    }

    /**
     * Like {@link #start(SocketAddress, AdminToken, AdminParts)}, instead of an interface that is going to be closed:
     * its port can be listened on already, if one of the two addresses is a wildcard.
     *
     * @param leaving null = there is none
     */
    public static AdminServer start(SocketAddress listen, @Nullable AdminToken token, AdminParts parts,
            @Nullable AdminServer leaving) throws IOException {
        AdminSocket front = AdminSocket.open(listen, token != null, leaving == null ? null : leaving.front);
        return start(front, token, parts, Duration.ofSeconds(10), WARM_UP_DELAY);
    }

    /**
     * @param requestDeadline the time for a request; a reload has four fifths of it, and is then answered without its
     *     result
     * @param warmUpDelay the delay of {@link WarmUp}
     */
    static AdminServer start(SocketAddress listen, @Nullable AdminToken token, AdminParts parts,
            Duration requestDeadline, Duration warmUpDelay) throws IOException {
        return start(AdminSocket.open(listen, token != null, null), token, parts, requestDeadline, warmUpDelay);
    }

    private static AdminServer start(AdminSocket front, @Nullable AdminToken token, AdminParts parts,
            Duration requestDeadline, Duration warmUpDelay) throws IOException {
        HttpServer http = null;
        Bridge bridge = null;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            Set<Integer> admitted = ConcurrentHashMap.newKeySet();
            RequestExecutor requests = new RequestExecutor(MAX_REQUESTS, requestDeadline);
            http.setExecutor(requests);
            AccessGuard guard = new AccessGuard(new BrowserGuard(front.address()), token);
            AdminRoutes routes = new AdminRoutes(parts, requestDeadline.multipliedBy(4).dividedBy(5));
            http.createContext("/", new AdminHandler(guard, admitted::contains, routes));
            startDaemon(http);
            bridge = new Bridge(front, http.getAddress(), admitted, MAX_CONNECTIONS, requests::expire);
            bridge.start();
            LOG.info("admin listens on {}", AddressText.of(front.address()));
            return new AdminServer(front, http, requests, bridge,
                    new WarmUp(front.reachable(), warmUpDelay, token), guard);
        } catch (IOException e) {
            abandon(front, http, bridge);
            throw new IOException("admin: cannot start its HTTP server: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            // Errors too: a thread is needed last, and there may be none left.
            abandon(front, http, bridge);
            throw e;
        }
    }

    private static void abandon(AdminSocket front, @Nullable HttpServer http, @Nullable Bridge bridge) {
        if (bridge == null) {
            front.close();
        } else {
            bridge.close();
        }
        if (http != null) {
            http.stop(0);
        }
    }

    /**
     * Starts the HTTP server from a daemon thread, which makes its dispatcher a daemon; otherwise it would keep the JVM
     * of its host alive.
     */
    private static void startDaemon(HttpServer http) {
        Thread starter = Thread.ofPlatform().name("sluice-admin-start").daemon().start(http::start);
        Threads.join(starter, Duration.ofMinutes(1));
    }

    /** The address it listens on, with the port that was bound. */
    public SocketAddress address() {
        return front.address();
    }

    /** Whether clients still find it at its address: the file of a Unix socket may have been removed or replaced. */
    public boolean isInPlace() {
        return front.isInPlace();
    }

    /**
     * Changes the token that the next requests need.
     *
     * @param token null = none
     * @throws IllegalArgumentException if the address needs a token and there is none
     */
    public void token(@Nullable AdminToken token) {
        AdminSocket.check(front.address(), token != null);
        guard.token(token);
    }

    /** Connections open now. */
    int connections() {
        return bridge.connections();
    }

    /** Requests under way. */
    int runningRequests() {
        return requests.running();
    }

    /** The address behind the bridge. */
    InetSocketAddress backAddress() {
        return http.getAddress();
    }

    /**
     * Ends all connections, requests and threads, and removes the file of a Unix socket. Responses that are being
     * written, such as that to the order to drain which led here, have a moment to reach their clients. A second call does nothing.
     */
    @Override
    public void close() {
        warmUp.close();
        // Below, an interrupt would cut the waits short, and the HTTP server would take it for itself and lose it.
        boolean interrupted = Thread.interrupted();
        bridge.stopAccepting();
        try {
            requests.awaitEnd(ANSWER_PATIENCE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        http.stop(0);
        bridge.awaitEnd(ANSWER_PATIENCE);
        bridge.close();
        requests.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
