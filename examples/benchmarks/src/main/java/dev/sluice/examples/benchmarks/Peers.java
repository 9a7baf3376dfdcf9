package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configurations of the peers. Each has one event loop, worker or thread. */
final class Peers {
    /** More than any section opens. */
    static final int CONNECTIONS = 9_500;

    /** Connections of HAProxy when it splices: it reserves descriptors of pipes for a quarter of them. */
    private static final int SPLICED = 1_000;

    private final Path home;
    private final Path built;
    private final Path directory;

    /**
     * Says where things are.
     *
     * @param home the unpacked tarball of Sluice
     * @param built what was built of {@code peers/}
     * @param directory for configurations and logs
     */
    Peers(Path home, Path built, Path directory) {
        this.home = home;
        this.built = built;
        this.directory = directory;
    }

    /** Commands that print the versions of all. */
    List<List<String>> versions() {
        return List.of(List.of(home.resolve("bin/sluice").toString(), "version"), List.of("haproxy", "-v"),
                List.of("nginx", "-v"), List.of("go", "version"));
    }

    /** Sluice on each transport, HAProxy, nginx and a proxy in Go. */
    List<Peer.Kind> all() {
        return List.of(sluice("epoll"), sluice("nio"), upstream -> haproxy(upstream, ""), this::nginx, go("splice"));
    }

    /** All, and Sluice with a filter that looks at the first bytes of each connection, and detaches. */
    List<Peer.Kind> allAndSniffing() {
        List<Peer.Kind> kinds = new ArrayList<>(all());
        kinds.add(1, upstream -> sluice("sluice+sniff", "auto",
                ", filters: [ { type: sniff, config: { protocols: [tls, http1] } } ]", upstream));
        return kinds;
    }

    /** For very many connections: the Go proxy holds a buffer for each direction, because pipes to splice through would not suffice. */
    List<Peer.Kind> forIdle() {
        return List.of(sluice("epoll"), sluice("nio"), upstream -> haproxy(upstream, ""), this::nginx, go("naive"));
    }

    /** For bulk: each may move bytes in the kernel, if it can. */
    List<Peer.Kind> forBulk() {
        return List.of(sluice("epoll"), sluice("nio"),
                upstream -> haproxy(directory, upstream, SPLICED, directory.resolve("haproxy.sock"),
                        "option splice-auto"),
                this::nginx, go("splice"));
    }

    private Peer.Kind sluice(String transport) {
        return upstream -> sluice("sluice-" + transport, transport, "", upstream);
    }

    private Peer.Launch sluice(String name, String transport, String filters, int upstream) throws IOException {
        int port = Peer.freePort();
        Path config = Files.writeString(directory.resolve(name + ".yaml"), """
                runtime: { eventLoops: 1, transport: %s }
                listeners:
                  - { name: bench, listen: "127.0.0.1:%d", cluster: upstream%s }
                clusters:
                  - { name: upstream, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(transport, port, filters, upstream));
        return launch(name, port, Map.of(), home.resolve("bin/sluice").toString(), "run", "-c", config.toString());
    }

    private Peer.Kind go(String way) {
        return upstream -> {
            int port = Peer.freePort();
            return launch("go-" + way, port, Map.of("GOMAXPROCS", "1"), built.resolve("goproxy").toString(), way,
                    Integer.toString(port), Integer.toString(upstream), Integer.toString(Peer.freePort()));
        };
    }

    private Peer.Launch nginx(int upstream) throws IOException {
        return nginx(directory, upstream);
    }

    private Peer.Launch haproxy(int upstream, String option) throws IOException {
        return haproxy(directory, upstream, CONNECTIONS, directory.resolve("haproxy.sock"), option);
    }

    static Peer.Launch nginx(Path directory, int upstream) throws IOException {
        int port = Peer.freePort();
        Path config = Files.writeString(directory.resolve("nginx.conf"),
                """
                        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                        daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid %1$s/nginx.pid; error_log %1$s/nginx-error.log;
                        events { worker_connections 19000; }
                        stream { server { listen 127.0.0.1:%2$d backlog=4096; proxy_pass 127.0.0.1:%3$d; tcp_nodelay on; proxy_half_close on; } }
                        """
                        .formatted(directory, port, upstream));
        return new Peer.Launch("nginx", directory, port, Map.of(),
                List.of("nginx", "-p", directory.toString(), "-c", config.toString()));
    }

    /**
     * HAProxy with a socket that answers questions, such as {@code show pools}.
     *
     * @param option one more line for {@code defaults}
     */
    static Peer.Launch haproxy(Path directory, int upstream, int maxConnections, Path stats, String option)
            throws IOException {
        int port = Peer.freePort();
        Path config = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                    nbthread 1
                    maxconn %d
                    stats socket %s
                defaults
                    mode tcp
                    timeout connect 3s
                    timeout client 1h
                    timeout server 1h
                    %s
                listen bench
                    bind 127.0.0.1:%d backlog 4096
                    server upstream 127.0.0.1:%d
                """.formatted(maxConnections, stats, option, port, upstream));
        return new Peer.Launch("haproxy", directory, port, Map.of(),
                List.of("haproxy", "-db", "-f", config.toString()));
    }

    private Peer.Launch launch(String name, int port, Map<String, String> environment, String... command) {
        return new Peer.Launch(name, directory, port, environment, List.of(command));
    }
}
