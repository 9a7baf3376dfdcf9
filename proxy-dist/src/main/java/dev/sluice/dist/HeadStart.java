package dev.sluice.dist;

import java.math.BigDecimal;
import java.net.InetAddress;

import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.sluice.runtime.ProxyServer;

/**
 * Lets other threads do what nearly every start needs, while the main thread reads command line and file: a second processor would only compile
 * meanwhile. Whatever fails here fails again where it is needed, and is reported there.
 */
final class HeadStart {
    private HeadStart() {}

    /** Before anything else. */
    static void libraries() {
        begin("libraries", () -> {
            // Squares 5 seventeen times when it is initialized. The parser of the configuration asks for it.
            BigDecimal.ZERO.signum();
            // Reads the security properties of the JVM.
            InetAddress.getLoopbackAddress();
            // Looks for others in every jar of the module path.
            HttpServerProvider.provider();
        });
    }

    /** Once the log is set up: this makes loggers. In vain where the configuration wants nio. */
    static void transport() {
        begin("transport", ProxyServer::defaultTransport);
    }

    private static void begin(String name, Runnable work) {
        Thread.ofPlatform().daemon().name("head-start-" + name).uncaughtExceptionHandler((thread, failure) -> {})
                .start(work);
    }
}
