package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The peers of each section. Each has one event loop, worker or thread. */
final class Peers {
    /** More than any section opens. */
    static final int CONNECTIONS = 9_500;

    private final Path home;
    private final @Nullable Path baseline;
    private final Path built;
    private final Path directory;

    /**
     * Peers that are started from these directories.
     *
     * @param home the unpacked tarball of Sluice
     * @param baseline the unpacked tarball of an earlier build, to compare with; null = none
     * @param built what was built of {@code peers/}
     * @param directory for configurations and logs
     */
    Peers(Path home, @Nullable Path baseline, Path built, Path directory) {
        this.home = home;
        this.baseline = baseline;
        this.built = built;
        this.directory = directory;
    }

    /** Commands that print the versions of all. */
    List<List<String>> versions() {
        return List.of(List.of(home.resolve("bin/sluice").toString(), "version"), List.of("haproxy", "-v"),
                List.of("nginx", "-v"), List.of("go", "version"));
    }

    /** Settings of all peers, with their sources. */
    static List<Setting> settings() {
        return Stream.of(Sluice.settings(), Haproxy.settings(), Nginx.settings(), GoProxy.settings())
                .flatMap(List::stream).toList();
    }

    /** Sluice on each transport, HAProxy, nginx and a proxy in Go. */
    List<Peer.Kind> all() {
        return withSluice(List.of(this::haproxy, this::nginx, go("splice")));
    }

    /**
     * All, HAProxy also with splicing, which may be less work for large messages and more for small ones, and Sluice also with a filter that
     * looks at the first bytes of each connection, and detaches.
     */
    List<Peer.Kind> forRequests() {
        List<Peer.Kind> kinds = withSluice(List.of(this::haproxy,
                upstream -> Haproxy.splicing(Haproxy.SPLICING, directory, upstream, CONNECTIONS), this::nginx,
                go("splice")));
        kinds.add(upstream -> Sluice.launch(home, directory, "sluice+sniff", "auto",
                ", filters: [ { type: sniff, config: { protocols: [tls, http1] } } ]", upstream));
        return kinds;
    }

    /** All, and Sluice and HAProxy also with PROXY headers on both sides. */
    List<Peer.Kind> forConnections() {
        List<Peer.Kind> kinds = all();
        kinds.add(upstream -> Sluice.withHeaders(home, directory, upstream));
        kinds.add(upstream -> Haproxy.withHeaders(directory, upstream, CONNECTIONS));
        return kinds;
    }

    /**
     * For very many connections, each peer also in the way that its experts choose then. Go does not splice: two pipes for each connection
     * would need more descriptors than a process may have.
     */
    List<Peer.Kind> forIdle() {
        return withSluice(List.of(this::haproxy, upstream -> Nginx.launchSmall(directory, upstream), this::nginx,
                go("one-byte"), go("naive")));
    }

    /** For bulk: each moves bytes in the kernel, if it can, and otherwise with large buffers. */
    List<Peer.Kind> forBulk() {
        return withSluice(
                List.of(upstream -> Haproxy.splicing("haproxy", directory, upstream, CONNECTIONS),
                        upstream -> Nginx.launchLarge(directory, upstream), go("splice")));
    }

    /**
     * Those that terminate TLS: Sluice with both engines, nginx, HAProxy. An earlier build too, if it has an engine of its own.
     *
     * @param certificates directory of the certificate
     */
    List<Peer.Kind> forTls(Path certificates) {
        List<Peer.Kind> kinds = new ArrayList<>(withDeadline(certificates));
        kinds.add(upstream -> Haproxy.withTls(directory, certificates, upstream, CONNECTIONS));
        return kinds;
    }

    /** Those that terminate TLS, and end handshakes that take too long. */
    List<Peer.Kind> withDeadline(Path certificates) {
        List<Peer.Kind> kinds = new ArrayList<>();
        Path earlier = baseline;
        if (earlier != null && Files.isDirectory(earlier.resolve("lib/native"))) {
            kinds.add(upstream -> Sluice.withTls(earlier, directory, Sluice.BASELINE, "auto", certificates, upstream));
        }
        kinds.add(upstream -> Sluice.withTls(home, directory, Sluice.CURRENT, "auto", certificates, upstream));
        kinds.add(upstream -> Sluice.withTls(home, directory, Sluice.JDK, "jdk", certificates, upstream));
        kinds.add(upstream -> Nginx.launchTls(directory, certificates, upstream));
        return kinds;
    }

    /** The baseline stands beside the current build, so that their turns follow one another. */
    private List<Peer.Kind> withSluice(List<Peer.Kind> others) {
        List<Peer.Kind> kinds = new ArrayList<>();
        Path earlier = baseline;
        if (earlier != null) {
            kinds.add(upstream -> Sluice.launch(earlier, directory, Sluice.BASELINE, "epoll", "", upstream));
        }
        kinds.add(upstream -> Sluice.launch(home, directory, Sluice.CURRENT, "epoll", "", upstream));
        kinds.add(upstream -> Sluice.launch(home, directory, "sluice-nio", "nio", "", upstream));
        kinds.addAll(others);
        return kinds;
    }

    private Peer.Launch haproxy(int upstream) throws IOException {
        return Haproxy.copying(directory, upstream, CONNECTIONS, directory.resolve("haproxy.sock"));
    }

    private Peer.Launch nginx(int upstream) throws IOException {
        return Nginx.launch(directory, upstream);
    }

    private Peer.Kind go(String way) {
        return upstream -> GoProxy.launch(built, directory, way, upstream, Peer.freePort());
    }
}
