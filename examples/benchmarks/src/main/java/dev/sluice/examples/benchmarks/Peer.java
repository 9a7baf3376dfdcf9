package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A proxy that runs as a process of its own. {@link Peers} knows their configurations. */
final class Peer implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final String name;
    private final Process process;
    private final int port;
    private final long launchedNanos;
    private final boolean header;

    private Peer(String name, Process process, int port, long launchedNanos, boolean header) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.launchedNanos = launchedNanos;
        this.header = header;
    }

    /** A program that listens on the port of 127.0.0.1 once it has started; waits for that. */
    static Peer of(String name, Path directory, int port, String... command) throws IOException {
        return new Launch(name, directory, port, Map.of(), List.of(command)).start();
    }

    /**
     * A command that starts a peer.
     *
     * @param directory where its log is left
     * @param port of 127.0.0.1 on which it will listen
     * @param environment added to that of this process
     * @param header whether its clients begin with a PROXY header, as its connections to the upstream do
     */
    record Launch(String name, Path directory, int port, Map<String, String> environment, List<String> command,
            boolean header) {
        /** A peer without PROXY headers. */
        Launch(String name, Path directory, int port, Map<String, String> environment, List<String> command) {
            this(name, directory, port, environment, command, false);
        }

        /** Starts it and waits until it listens. */
        Peer start() throws IOException {
            Peer peer = launch();
            peer.awaitListening();
            return peer;
        }

        /** Starts it and waits for nothing. */
        Peer launch() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(directory.resolve(name + ".log").toFile());
            builder.environment().putAll(environment);
            long now = System.nanoTime();
            return new Peer(name, builder.start(), port, now, header);
        }
    }

    /** A kind of peer, which can be started before any upstream. */
    @FunctionalInterface
    interface Kind {
        /**
         * The command for that.
         *
         * @param upstream a port of 127.0.0.1
         */
        Launch before(int upstream) throws IOException;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() throws IOException {
        connect().close();
    }

    /** The first connection that it takes, tried for every millisecond. */
    Socket connect() throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
                return socket;
            } catch (IOException notYet) {
                socket.close();
                if (System.nanoTime() > deadline || !process.isAlive()) {
                    close();
                    throw new IOException(name + " did not start; see its log", notYet);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Whether its clients begin with a PROXY header. */
    boolean header() {
        return header;
    }

    /** When it was launched, on the clock of {@link System#nanoTime}. */
    long launchedNanos() {
        return launchedNanos;
    }

    /** CPU time of the process and its children so far. */
    Cpu cpu() throws IOException {
        return new Cpu(pids());
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
