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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin interface of one server. Any thread. */
public final class AdminServer implements AutoCloseable {
    /** Connections that may be open at once; one more closes the oldest. */
    public static final int MAX_CONNECTIONS = 64;

    /** File descriptors that all this needs at most: three per connection, the spare ones, two listening sockets and their selectors. */
    public static final int MAX_DESCRIPTORS = 3 * MAX_CONNECTIONS + Bridge.SPARE_DESCRIPTORS + 8;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration FIRST_REQUEST_AFTER = Duration.ofSeconds(1);
    /** For an answer to be written when the server closes, and again for its way through the bridge. */
    private static final Duration ANSWER_PATIENCE = Duration.ofMillis(250);

    /** More than the bridge can cause: the rest is for those who connect past it, and must not keep it out. */
    private static final int MAX_EXCHANGES = 4 * MAX_CONNECTIONS;
    private static final int BACKLOG = 2 * MAX_CONNECTIONS;

    private final AdminSocket front;
    private final HttpServer http;
    private final Exchanges exchanges;
    private final Bridge bridge;
    private final FirstRequest firstRequest;

    private AdminServer(AdminSocket front, HttpServer http, Exchanges exchanges, Bridge bridge,
            FirstRequest firstRequest) {
        this.front = front;
        this.http = http;
        this.exchanges = exchanges;
        this.bridge = bridge;
        this.firstRequest = firstRequest;
    }

    /**
     * Starts to serve.
     *
     * @param listen a loopback address, port 0 for any, or a Unix path; there a socket file that nobody listens on is replaced, any other
     *     file is left alone
     * @param view the server to show
     * @param metrics its metrics
     * @param commands what operators may order
     * @throws IllegalArgumentException if the address is not loopback
     * @throws IOException if the address cannot be listened on; the message says why and what to do
     */
    public static AdminServer start(SocketAddress listen, ProxyView view, Metrics metrics, Lifecycle commands)
            throws IOException {
        return start(listen, view, metrics, commands, Duration.ofSeconds(10), FIRST_REQUEST_AFTER);
    }

    /** @param firstRequestAfter when to ask it once; see {@link FirstRequest} */
    static AdminServer start(SocketAddress listen, ProxyView view, Metrics metrics, Lifecycle commands,
            Duration requestDeadline, Duration firstRequestAfter) throws IOException {
        AdminSocket front = AdminSocket.open(listen);
        HttpServer http = null;
        Bridge bridge = null;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            Set<Integer> admitted = ConcurrentHashMap.newKeySet();
            Exchanges exchanges = new Exchanges(MAX_EXCHANGES, requestDeadline);
            http.setExecutor(exchanges);
            BrowserGuard guard = new BrowserGuard(front.address());
            http.createContext("/", new AdminHandler(guard, admitted::contains, view, metrics, commands));
            startDaemon(http);
            bridge = new Bridge(front, http.getAddress(), admitted, MAX_CONNECTIONS, exchanges::expire);
            bridge.start();
            LOG.info("admin listens on {}", AddressText.of(front.address()));
            return new AdminServer(front, http, exchanges, bridge,
                    new FirstRequest(front.address(), firstRequestAfter));
        } catch (IOException | RuntimeException | Error e) {
            // Errors too: the last thing that this needs is a thread, of which there may be none left.
            if (bridge == null) {
                front.close();
            } else {
                bridge.close();
            }
            if (http != null) {
                http.stop(0);
            }
            throw e;
        }
    }

    /** The HTTP server's dispatcher is a daemon if the thread that starts it is one; otherwise it would keep the JVM of its host alive. */
    private static void startDaemon(HttpServer http) {
        Thread starter = Thread.ofPlatform().name("sluice-admin-start").daemon().start(http::start);
        Threads.join(starter, Duration.ofMinutes(1));
    }

    /** Where it listens, with the port that was really bound. */
    public SocketAddress address() {
        return front.address();
    }

    /** Connections open now. */
    int connections() {
        return bridge.connections();
    }

    /** Requests being answered now. */
    int runningRequests() {
        return exchanges.running();
    }

    /** The port behind the bridge. */
    InetSocketAddress backAddress() {
        return http.getAddress();
    }

    /**
     * Ends all connections, requests and threads, and removes the file of a Unix socket. Answers that are being written, such as that to the order to
     * drain which led here, have a moment to reach their clients. A second call does nothing.
     */
    @Override
    public void close() {
        firstRequest.close();
        // Below, an interrupt would cut the waits short, and the HTTP server would take it for itself and lose it.
        boolean interrupted = Thread.interrupted();
        bridge.stopAccepting();
        try {
            exchanges.awaitEnd(ANSWER_PATIENCE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        http.stop(0);
        bridge.awaitEnd(ANSWER_PATIENCE);
        bridge.close();
        exchanges.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
