package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** nginx with its stream module, configured as its documentation recommends for the work of each section. */
final class Nginx {
    /** The default of {@code proxy_buffer_size}, which it allocates for each direction of a session. */
    static final int DEFAULT_BUFFER = 16 * 1024;

    /** Name of the peer with small buffers. */
    static final String SMALL = "nginx-4k";

    /** Name of the peer that others are measured by. */
    static final String NAME_OF_PEER = "nginx";

    private static final String NAME = "nginx";
    private static final String CORE = "nginx.org, Core functionality, ";
    private static final String STREAM = "nginx.org, ngx_stream_core_module, ";
    private static final String SSL = "nginx.org, ngx_stream_ssl_module, ";
    private static final String PROXY = "nginx.org, ngx_stream_proxy_module, ";

    private static final List<Setting> MAIN = List.of(
            Setting.of(NAME, "load_module /usr/lib/nginx/modules/ngx_stream_module.so;",
                    "a package of its own in Debian",
                    CORE + "load_module"),
            Setting.of(NAME, "daemon off;", "the benchmark ends the process", CORE + "daemon"),
            Setting.of(NAME, "worker_processes 1;", "one worker, as every peer has one thread",
                    CORE + "worker_processes"),
            Setting.of(NAME, "worker_rlimit_nofile 20000;", "two descriptors for each connection",
                    CORE + "worker_rlimit_nofile"),
            Setting.of(NAME, "pid DIRECTORY/nginx.pid;", "a file of this run", CORE + "pid"),
            Setting.of(NAME, "error_log DIRECTORY/nginx-error.log;", "errors only, the default level",
                    CORE + "error_log"));

    private static final List<Setting> EVENTS = List.of(
            Setting.of(NAME, "worker_connections 19000;",
                    "counts both sides of a session, so twice what any section opens",
                    CORE + "worker_connections"));

    private static final List<Setting> LISTEN = List.of(
            Setting.of(NAME, "listen 127.0.0.1:PORT backlog=4096;", "the backlog that every peer has",
                    STREAM + "listen"));

    private static final List<Setting> SERVER = List.of(
            Setting.of(NAME, "proxy_pass 127.0.0.1:UPSTREAM;", "the only endpoint", PROXY + "proxy_pass"),
            Setting.of(NAME, "proxy_timeout 1h;", "silent connections stay open, as at every peer",
                    PROXY + "proxy_timeout"),
            Setting.of(NAME, "tcp_nodelay on;", "the default, and what every peer has", STREAM + "tcp_nodelay"),
            Setting.of(NAME, "proxy_half_close on;",
                    "passes the end of one direction on, as the other peers do; the default ends both", PROXY
                            + "proxy_half_close"));

    private static final List<Setting> LARGE_BUFFERS = List.of(Setting.of(NAME, "proxy_buffer_size 256k;",
            "fewer and longer calls; measured: 283 to 335 ms of CPU for a GB, 504 to 601 with the default of 16k, 334 to 427 with 64k",
            PROXY + "proxy_buffer_size").in("bulk"));

    private static final List<Setting> SMALL_BUFFERS = List.of(Setting.of(NAME, "proxy_buffer_size 4k;",
            "a peer of its own (" + SMALL
                    + "): one page for each direction, which silent sessions keep; the default is 16k",
            PROXY + "proxy_buffer_size").in("idle"));

    private static final List<Setting> TLS = List.of(
            Setting.of(NAME, "listen 127.0.0.1:PORT ssl backlog=4096;", "TLS is terminated", STREAM + "listen, ssl")
                    .in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "ssl_certificate CERTIFICATES/cert.pem;", "the certificate that every peer has",
                    SSL + "ssl_certificate").in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "ssl_certificate_key CERTIFICATES/key.pem;", "its key", SSL + "ssl_certificate_key")
                    .in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "ssl_protocols TLSv1.2 TLSv1.3;",
                    "what is recommended since 1.23; clients of this section speak TLS 1.3", SSL + "ssl_protocols")
                    .in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "ssl_handshake_timeout 10s;", "the deadline that Sluice has; the default is 60 s",
                    SSL + "ssl_handshake_timeout").in(Sluice.TLS_SECTIONS),
            Setting.of(NAME, "ssl_session_cache none;", "no session is resumed; a shared one would only cost",
                    SSL + "ssl_session_cache").in(Sluice.TLS_SECTIONS));

    private static final List<Setting> KEPT = List.of(
            Setting.kept(NAME, "listen ... reuseport off", "a socket for each worker; there is one worker",
                    STREAM + "listen, reuseport"),
            Setting.kept(NAME, "multi_accept off",
                    "one accept() for each event; measured: 67 µs of CPU for a connection when on, 65 when off",
                    CORE + "multi_accept"),
            Setting.kept(NAME, "accept_mutex off", "shares connections out among workers; there is one worker",
                    CORE + "accept_mutex"),
            Setting.kept(NAME, "listen ... so_keepalive off", "keepalive costs memory and CPU in the kernel only",
                    STREAM + "listen, so_keepalive"),
            Setting.kept(NAME, "access_log off", "the default of the stream module",
                    "nginx.org, ngx_stream_log_module, access_log"),
            Setting.kept(NAME, "use epoll", "chosen by itself on Linux", CORE + "use"));

    private Nginx() {}

    /** All settings, and the defaults that were kept on purpose. */
    static List<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        List.of(MAIN, EVENTS, LISTEN, SERVER, LARGE_BUFFERS, SMALL_BUFFERS, TLS, KEPT).forEach(all::addAll);
        return all;
    }

    /** A process with the default size of buffers. */
    static Peer.Launch launch(Path directory, int upstream) throws IOException {
        return launch(NAME_OF_PEER, directory, upstream, LISTEN, List.of());
    }

    /** A process with buffers for a few streams of many bytes. */
    static Peer.Launch launchLarge(Path directory, int upstream) throws IOException {
        return launch(NAME_OF_PEER, directory, upstream, LISTEN, LARGE_BUFFERS);
    }

    /** A process with buffers for very many silent connections. */
    static Peer.Launch launchSmall(Path directory, int upstream) throws IOException {
        return launch(SMALL, directory, upstream, LISTEN, SMALL_BUFFERS);
    }

    /**
     * A process that terminates TLS.
     *
     * @param certificates directory of the certificate
     */
    static Peer.Launch launchTls(Path directory, Path certificates, int upstream) throws IOException {
        List<Setting> tls = TLS.stream().map(setting -> setting.with("CERTIFICATES", certificates.toString())).toList();
        return launch(NAME_OF_PEER, Files.createDirectories(directory.resolve("tls")), upstream, tls, List.of());
    }

    private static Peer.Launch launch(String name, Path directory, int upstream, List<Setting> listen,
            List<Setting> more) throws IOException {
        int port = Peer.freePort();
        Path own = Files.createDirectories(directory.resolve(name));
        Map<String, String> values = Map.of("DIRECTORY", own.toString(), "PORT", Integer.toString(port), "UPSTREAM",
                Integer.toString(upstream));
        String inner = "        ";
        Path config = Files.writeString(own.resolve("nginx.conf"), Setting.lines(MAIN, "", values)
                + "events {\n" + Setting.lines(EVENTS, "    ", values) + "}\n"
                + "stream {\n    server {\n" + Setting.lines(listen, inner, values)
                + Setting.lines(SERVER, inner, values)
                + Setting.lines(more, inner, values) + "    }\n}\n");
        return new Peer.Launch(name, directory, port, Map.of(),
                List.of("nginx", "-p", own.toString(), "-c", config.toString()));
    }
}
