package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** HAProxy, configured as its manual recommends for the work of each section. */
final class Haproxy {
    /** Name of the peer that splices where another copies. */
    static final String SPLICING = "haproxy-splice";

    private static final String NAME = "HAProxy";
    private static final String MANUAL = "configuration manual 2.6, section ";

    private static final String SPLICED = "bulk; requests (" + SPLICING + ")";

    private static final String HEADERS = "connections (haproxy+proxy)";

    private static final List<Setting> GLOBAL = List.of(
            Setting.of(NAME, "nbthread 1", "one thread, as every peer has; the default is one for each processor",
                    MANUAL + "3.1, nbthread"),
            Setting.of(NAME, "maxconn CONNECTIONS", "more than any section opens; buffers are not allocated for it",
                    MANUAL + "3.2, maxconn"),
            Setting.of(NAME, "stats socket STATS",
                    "answers `show pools` after the experiment of the seed; silent elsewhere",
                    MANUAL + "3.1, stats socket"));

    private static final List<Setting> PIPES = List.of(Setting.of(NAME, "maxpipes 64",
            "one for each direction of 8 streams, and to spare; the default, maxconn / 4, would need more descriptors than many systems allow",
            MANUAL + "3.2, maxpipes").in(SPLICED),
            Setting.of(NAME, "tune.pipesize 1048576",
                    "fewer calls of splice(): the most that the system allows by default, as Go and Sluice take; measured: 107 to 120 ms of CPU "
                            + "for a GB, 197 to 209 with the default of 64 KiB",
                    MANUAL + "3.2, tune.pipesize; pipe(7), pipe-max-size").in(SPLICED));

    private static final List<Setting> DEFAULTS = List.of(
            Setting.of(NAME, "mode tcp", "bytes are forwarded and not looked at", MANUAL + "4.2, mode"),
            Setting.of(NAME, "timeout connect 5s", "slightly more than a multiple of 3 s, as recommended",
                    MANUAL + "4.2, timeout connect"),
            Setting.of(NAME, "timeout client 1h", "silent connections stay open; no timeout at all is warned of",
                    MANUAL + "4.2, timeout client"),
            Setting.of(NAME, "timeout server 1h", "as for clients", MANUAL + "4.2, timeout server"));

    private static final List<Setting> SPLICE = List.of(
            Setting.of(NAME, "option splice-auto",
                    "bytes pass through a pipe in the kernel where heuristics expect a gain",
                    MANUAL + "4.2, option splice-auto").in(SPLICED),
            Setting.of(NAME, "option splice-request",
                    "from client to server whenever possible: the heuristics alone \"are not much aggressive\"",
                    MANUAL + "4.2, option splice-request").in(SPLICED),
            Setting.of(NAME, "option splice-response", "the same from server to client, the direction that is measured",
                    MANUAL + "4.2, option splice-response; maintainer in haproxy#2510: with this option splicing is used")
                    .in(SPLICED));

    private static final List<Setting> LISTEN = List.of(
            Setting.of(NAME, "bind 127.0.0.1:PORT backlog 4096", "the backlog that every peer has",
                    MANUAL + "5.1, backlog"),
            Setting.of(NAME, "server upstream 127.0.0.1:UPSTREAM", "the only endpoint, without health checks",
                    MANUAL + "4.2, server"));

    private static final List<Setting> LISTEN_WITH_HEADERS = List.of(
            Setting.of(NAME, "bind 127.0.0.1:PORT backlog 4096 accept-proxy", "a header is read", MANUAL
                    + "5.1, accept-proxy").in(HEADERS),
            Setting.of(NAME, "server upstream 127.0.0.1:UPSTREAM send-proxy-v2", "and another one sent", MANUAL
                    + "5.2, send-proxy-v2").in(HEADERS));

    private static final List<Setting> LISTEN_TLS = List.of(
            Setting.of(NAME, "bind 127.0.0.1:PORT backlog 4096 ssl crt CERTIFICATES/both.pem ssl-min-ver TLSv1.2",
                    "TLS is terminated; versions as everywhere", MANUAL + "5.1, ssl, crt, ssl-min-ver")
                    .in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "server upstream 127.0.0.1:UPSTREAM", "the only endpoint, without health checks",
                    MANUAL + "4.2, server").in(Sluice.TLS_SECTIONS));

    private static final List<Setting> KEPT = List.of(
            Setting.kept(NAME, "tune.bufsize 16384",
                    "\"strongly recommended not to change\"; a silent connection holds no buffer, so memory does not depend on it",
                    MANUAL + "3.2, tune.bufsize"),
            Setting.kept(NAME, "tune.buffers.limit 0",
                    "\"best not to touch\"; no section comes near a shortage of buffers",
                    MANUAL + "3.2, tune.buffers.limit"),
            Setting.kept(NAME, "tune.maxaccept 4",
                    "\"showed best results\"; \"should normally not be needed to tweak\"",
                    MANUAL + "3.2, tune.maxaccept"),
            Setting.kept(NAME, "tune.maxpollevents 200", "a balance of latency and bandwidth", MANUAL
                    + "3.2, tune.maxpollevents"),
            Setting.kept(NAME, "tune.recv_enough 10136", "a message of 1 KiB is read by one call already",
                    MANUAL + "3.2, tune.recv_enough"),
            Setting.kept(NAME, "tune.fd.edge-triggered off", "experimental, \"may result in frozen connections\"",
                    MANUAL + "3.2, tune.fd.edge-triggered"),
            Setting.kept(NAME, "tune.sched.low-latency off", "\"for regular usage it is better to leave this off\"",
                    MANUAL + "3.2, tune.sched.low-latency"),
            Setting.kept(NAME, "busy-polling off",
                    "a thread that never sleeps would take the core of the load generator",
                    MANUAL + "3.2, busy-polling"),
            Setting.kept(NAME, "defer-accept, tcp-smart-connect off",
                    "for protocols in which the client speaks first, which a proxy of layer 4 does not know; measured: at most 5 % less CPU for a connection",
                    MANUAL + "5.1, defer-accept, and 4.2, option tcp-smart-connect"),
            Setting.kept(NAME, "-dM (debugging of memory pools) as built",
                    "\"most optimal options are usually chosen at build time\"; measured: no-tag would save 8 % of the memory of an idle connection",
                    "management guide 2.6, section 3"));

    private Haproxy() {}

    /** All settings, and the defaults that were kept on purpose. */
    static List<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        List.of(GLOBAL, PIPES, DEFAULTS, SPLICE, LISTEN, LISTEN_WITH_HEADERS, LISTEN_TLS, KEPT).forEach(all::addAll);
        return all;
    }

    /**
     * A process that copies.
     *
     * @param stats socket that answers questions such as {@code show pools}
     */
    static Peer.Launch copying(Path directory, int upstream, int connections, Path stats) throws IOException {
        return launch("haproxy", directory, upstream, connections, stats, List.of(), List.of(), LISTEN);
    }

    /**
     * A process that splices.
     *
     * @param name of the peer
     */
    static Peer.Launch splicing(String name, Path directory, int upstream, int connections) throws IOException {
        return launch(name, directory, upstream, connections, directory.resolve(name + ".sock"), PIPES, SPLICE,
                LISTEN);
    }

    /** A process that reads a PROXY header and sends one. */
    static Peer.Launch withHeaders(Path directory, int upstream, int connections) throws IOException {
        Peer.Launch launch = launch("haproxy+proxy", directory, upstream, connections,
                directory.resolve("haproxy-proxy.sock"), List.of(), List.of(), LISTEN_WITH_HEADERS);
        return new Peer.Launch(launch.name(), launch.directory(), launch.port(), launch.environment(),
                launch.command(), true);
    }

    /**
     * A process that terminates TLS.
     *
     * @param certificates directory of the certificate
     */
    static Peer.Launch withTls(Path directory, Path certificates, int upstream, int connections) throws IOException {
        List<Setting> listen = LISTEN_TLS.stream()
                .map(setting -> setting.with("CERTIFICATES", certificates.toString())).toList();
        Path own = Files.createDirectories(directory.resolve("tls"));
        return launch("haproxy", own, upstream, connections, own.resolve("haproxy.sock"), List.of(), List.of(), listen);
    }

    private static Peer.Launch launch(String name, Path directory, int upstream, int connections, Path stats,
            List<Setting> global, List<Setting> defaults, List<Setting> listen) throws IOException {
        int port = Peer.freePort();
        Map<String, String> values = Map.of("CONNECTIONS", Integer.toString(connections), "STATS", stats.toString(),
                "PORT", Integer.toString(port), "UPSTREAM", Integer.toString(upstream));
        String indent = "    ";
        Path config = Files.writeString(directory.resolve(name + ".cfg"),
                "global\n" + Setting.lines(GLOBAL, indent, values) + Setting.lines(global, indent, values)
                        + "defaults\n" + Setting.lines(DEFAULTS, indent, values)
                        + Setting.lines(defaults, indent, values)
                        + "listen bench\n" + Setting.lines(listen, indent, values));
        return new Peer.Launch(name, directory, port, Map.of(),
                List.of("haproxy", "-db", "-f", config.toString()));
    }
}
