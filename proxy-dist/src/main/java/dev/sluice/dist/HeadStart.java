package dev.sluice.dist;

import java.math.BigDecimal;
import java.net.InetAddress;

import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.sluice.runtime.ProxyServer;

/**
 * Work of nearly every start, done by other threads while the main thread reads command line and file: a second
 * processor would only compile meanwhile. A failure here happens again where the result is needed, and is reported
 * there.
 */
final class HeadStart {
    /** The time after which the HTTP server of the JDK closes an idle connection, in seconds. It reads it once. */
    private static final String IDLE_INTERVAL = "sun.net.httpserver.idleInterval";

    private HeadStart() {}

    /**
     * Lets connections of the admin interface be idle for two minutes instead of half a one: a client that scrapes every half minute or
     * minute would come at the very moment of the close, again and again, and its request would be lost. What the start says counts more.
     */
    static void keepIdleConnections() {
        if (System.getProperty(IDLE_INTERVAL) == null) {
            System.setProperty(IDLE_INTERVAL, "120");
        }
    }

    /** Begins to initialize libraries. To be called before anything else. */
    static void libraries() {
        begin("libraries", () -> {
            // Squares 5 seventeen times when it is initialized. The parser of the configuration needs it.
            BigDecimal.ZERO.signum();
            // Reads the security properties of the JVM.
            InetAddress.getLoopbackAddress();
            // Looks for other implementations in every jar of the module path.
            HttpServerProvider.provider();
        });
    }

    /**
     * Begins to load the transport. To be called when the log is set up, since this makes loggers. Useless if the
     * configuration wants nio.
     */
    static void transport() {
        begin("transport", ProxyServer::defaultTransport);
    }

    private static void begin(String name, Runnable work) {
        Thread.ofPlatform().daemon().name("head-start-" + name).uncaughtExceptionHandler((thread, failure) -> {})
                .start(work);
    }
}
