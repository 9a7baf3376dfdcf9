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
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.ProxyView;
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

    private AdminServer(AdminSocket front, HttpServer http, RequestExecutor requests, Bridge bridge,
            WarmUp warmUp) {
        this.front = front;
        this.http = http;
        this.requests = requests;
        this.bridge = bridge;
        this.warmUp = warmUp;
    }

    /**
     * Starts to serve.
     *
     * @param listen a loopback address, port 0 for any, or a Unix path; there a socket file without a listening process
     *     is replaced, any other file is left alone
     * @param view the server to show
     * @param metrics its metrics
     * @param commands the commands that operators may give
     * @throws IllegalArgumentException if the address is not loopback
     * @throws IOException if the address cannot be listened on; the message is complete
     */
    public static AdminServer start(SocketAddress listen, ProxyView view, Metrics metrics, AdminCommands commands)
            throws IOException {
        return start(listen, view, metrics, commands, Duration.ofSeconds(10), WARM_UP_DELAY);
    }

    /** @param warmUpDelay the delay of {@link WarmUp} */
    static AdminServer start(SocketAddress listen, ProxyView view, Metrics metrics, AdminCommands commands,
            Duration requestDeadline, Duration warmUpDelay) throws IOException {
        AdminSocket front = AdminSocket.open(listen);
        HttpServer http = null;
        Bridge bridge = null;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            Set<Integer> admitted = ConcurrentHashMap.newKeySet();
            RequestExecutor requests = new RequestExecutor(MAX_REQUESTS, requestDeadline);
            http.setExecutor(requests);
            BrowserGuard guard = new BrowserGuard(front.address());
            http.createContext("/", new AdminHandler(guard, admitted::contains, view, metrics, commands));
            startDaemon(http);
            bridge = new Bridge(front, http.getAddress(), admitted, MAX_CONNECTIONS, requests::expire);
            bridge.start();
            LOG.info("admin listens on {}", AddressText.of(front.address()));
            return new AdminServer(front, http, requests, bridge,
                    new WarmUp(front.address(), warmUpDelay));
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
