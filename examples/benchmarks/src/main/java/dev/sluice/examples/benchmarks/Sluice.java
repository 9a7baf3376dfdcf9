package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Sluice as it is delivered, in the build under test and in the one that it is compared with. */
final class Sluice {
    /** Name of the peer whose figures are published, and compared with those of the baseline. */
    static final String CURRENT = "sluice-epoll";
    /** Name of the same in an earlier build. */
    static final String BASELINE = "sluice-baseline";

    /** Name of the peer whose handshakes are those of the JDK. */
    static final String JDK = "sluice-jdk";
    /** Sections of the settings of TLS. */
    static final String TLS_SECTIONS = "tls, storms";

    private static final String NAME = "Sluice";
    private static final String REFERENCE = "configuration reference, ";

    private static final List<Setting> SETTINGS = List.of(
            Setting.of(NAME, "runtime.eventLoops: 1", "one event loop, as every peer has one thread",
                    REFERENCE + "runtime"),
            Setting.of(NAME, "runtime.transport: epoll or nio",
                    "each transport is a peer of its own; `auto` takes epoll",
                    REFERENCE + "runtime"),
            Setting.of(NAME, "memory.readBuffer: 32KiB", "what the peers in Go and Java read at most",
                    REFERENCE + "memory").in("seed"),
            Setting.of(NAME, "listeners[].proxyProtocol, clusters[].proxyProtocol: v2",
                    "a header is read and another one sent", REFERENCE + "PROXY protocol")
                    .in("connections (sluice+proxy)"),
            Setting.of(NAME, "listeners[].tls.certificates", "TLS is terminated", REFERENCE + "TLS").in(TLS_SECTIONS),
            Setting.of(NAME, "tls.engine: jdk", "a peer of its own; the tarball's default is BoringSSL",
                    REFERENCE + "TLS")
                    .in("tls (sluice-jdk)"),
            Setting.kept(NAME, "everything else, conf/jvm.options included",
                    "as a user who unpacks the tarball has it; keepalive is on, which the others leave off",
                    REFERENCE + "socket"));

    private Sluice() {}

    /** All settings, and the defaults that were kept on purpose. */
    static List<Setting> settings() {
        return SETTINGS;
    }

    /**
     * A process with one listener.
     *
     * @param home the unpacked tarball
     * @param filters of the listener, in the syntax of the configuration; empty = none
     */
    static Peer.Launch launch(Path home, Path directory, String name, String transport, String filters, int upstream)
            throws IOException {
        return launch(home, directory, name, transport, filters, "", upstream);
    }

    /** A process that reads a PROXY header and sends one. */
    static Peer.Launch withHeaders(Path home, Path directory, int upstream) throws IOException {
        Peer.Launch launch = launch(home, directory, "sluice+proxy", "epoll",
                ", proxyProtocol: { trustedSources: [127.0.0.1] }", ", proxyProtocol: v2", upstream);
        return new Peer.Launch(launch.name(), launch.directory(), launch.port(), launch.environment(),
                launch.command(), true);
    }

    /**
     * A process that terminates TLS.
     *
     * @param engine of its handshakes
     * @param certificates directory of the certificate
     */
    static Peer.Launch withTls(Path home, Path directory, String name, String engine, Path certificates, int upstream)
            throws IOException {
        String tls = ", tls: { certificates: [ { certificate: %1$s/cert.pem, key: %1$s/key.pem } ] }"
                .formatted(certificates);
        return launch(home, Files.createDirectories(directory.resolve("tls")), name, "epoll", tls, "", upstream,
                "tls: { engine: %s }%n".formatted(engine));
    }

    private static Peer.Launch launch(Path home, Path directory, String name, String transport, String listener,
            String cluster, int upstream) throws IOException {
        return launch(home, directory, name, transport, listener, cluster, upstream, "");
    }

    private static Peer.Launch launch(Path home, Path directory, String name, String transport, String listener,
            String cluster, int upstream, String process) throws IOException {
        int port = Peer.freePort();
        Path config = Files.writeString(directory.resolve(name + ".yaml"), process + """
                runtime: { eventLoops: 1, transport: %s }
                listeners:
                  - { name: bench, listen: "127.0.0.1:%d", cluster: upstream%s }
                clusters:
                  - { name: upstream, endpoints: [ { address: "127.0.0.1:%d" } ]%s }
                """.formatted(transport, port, listener, upstream, cluster));
        return new Peer.Launch(name, directory, port, Map.of(),
                List.of(home.resolve("bin/sluice").toString(), "run", "-c", config.toString()));
    }
}
