package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A proxy that runs as a process of its own, with one event loop, before the echo server. */
final class Peer implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final String name;
    private final Process process;
    private final int port;

    private Peer(String name, Process process, int port) throws IOException {
        this.name = name;
        this.process = process;
        this.port = port;
        awaitListening();
    }

    /** The daemon of an unpacked tarball. */
    static Peer sluice(Path home, Path directory, int upstream) throws IOException {
        return sluice("sluice", "", home, directory, upstream);
    }

    /** The same with a filter that looks at the first bytes of each connection, and detaches. */
    static Peer sniffing(Path home, Path directory, int upstream) throws IOException {
        return sluice("sluice+sniff", ", filters: [ { type: sniff, config: { protocols: [tls, http1] } } ]", home,
                directory, upstream);
    }

    private static Peer sluice(String name, String filters, Path home, Path directory, int upstream)
            throws IOException {
        int port = freePort();
        Path config = Files.writeString(directory.resolve(name + ".yaml"), """
                runtime: { eventLoops: 1 }
                listeners:
                  - { name: bench, listen: "127.0.0.1:%d", cluster: echo%s }
                clusters:
                  - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(port, filters, upstream));
        return new Peer(name,
                start(directory, name, home.resolve("bin/sluice").toString(), "run", "-c", config.toString()), port);
    }

    static Peer nginx(Path directory, int upstream) throws IOException {
        int port = freePort();
        Path config = Files.writeString(directory.resolve("nginx.conf"),
                """
                        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                        daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid %1$s/nginx.pid; error_log %1$s/nginx-error.log;
                        events { worker_connections 19000; }
                        stream { server { listen 127.0.0.1:%2$d backlog=4096; proxy_pass 127.0.0.1:%3$d; tcp_nodelay on; proxy_half_close on; } }
                        """
                        .formatted(directory, port, upstream));
        return new Peer("nginx",
                start(directory, "nginx", "nginx", "-p", directory.toString(), "-c", config.toString()), port);
    }

    static Peer haproxy(Path directory, int upstream) throws IOException {
        return haproxy(directory, upstream, 9_000, directory.resolve("haproxy.sock"));
    }

    /** With a socket that answers questions, such as {@code show pools}. */
    static Peer haproxy(Path directory, int upstream, int maxConnections, Path stats) throws IOException {
        int port = freePort();
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
                listen bench
                    bind 127.0.0.1:%d backlog 4096
                    server echo 127.0.0.1:%d
                """.formatted(maxConnections, stats, port, upstream));
        return new Peer("haproxy", start(directory, "haproxy", "haproxy", "-db", "-f", config.toString()), port);
    }

    /** Any other program that listens on the port of 127.0.0.1 once it has started. */
    static Peer of(String name, Path directory, int port, String... command) throws IOException {
        return new Peer(name, start(directory, name, command), port);
    }

    private static Process start(Path directory, String name, String... command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile()).start();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline || !process.isAlive()) {
                    close();
                    throw new IOException(name + " did not start; see its log", notYet);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** CPU time of the process and its children so far, in nanoseconds: user and system, as the kernel counts it. */
    long cpuNanos() throws IOException {
        long nanos = 0;
        for (long pid : pids()) {
            // The scheduler's own count; the ticks of /proc/PID/stat are too coarse for short runs.
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
                for (Path task : tasks.toList()) {
                    nanos += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
                }
            }
        }
        return nanos;
    }

    /** Resident memory of the process and its children, in bytes. */
    long residentBytes() throws IOException {
        long bytes = 0;
        for (long pid : pids()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    bytes += Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        }
        return bytes;
    }

    long pid() {
        return process.pid();
    }

    private List<Long> pids() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants()).map(ProcessHandle::pid).toList();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
