package dev.sluice.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A daemon with nothing to do sleeps: of all its threads together, those of the JVM included, few wake up. */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class IdleIT {
    /** Promised are 5, of which the JVM's own threads and its HTTP server take about half. */
    private static final double WAKEUPS_PER_SECOND = 8;
    private static final int RELAYS = 1_000;
    private static final Duration WINDOW = Duration.ofSeconds(3);

    @Parameter
    String transport = "";

    @TempDir
    Path directory;

    @Test
    void anIdleDaemonSleepsWithoutConnectionsAndWithAThousand() throws Exception {
        // Nobody accepts: the kernel completes the connections, which is all that an idle relay needs.
        try (ServerSocket upstream = new ServerSocket(0, 2 * RELAYS, InetAddress.getLoopbackAddress());
                TestingDaemon daemon = TestingDaemon.serving(configuration(upstream.getLocalPort()))) {
            awaitSleep(daemon);
            List<Socket> clients = new ArrayList<>();
            try {
                InetSocketAddress edge = daemon.address("edge");
                for (int i = 0; i < RELAYS; i++) {
                    Socket client = new Socket(edge.getAddress(), edge.getPort());
                    clients.add(client);
                    client.getOutputStream().write('x');
                }
                awaitSleep(daemon);
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    private Path configuration(int upstream) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                runtime: { transport: %s, drainTimeout: 0s }
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: "%s" }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: upstream }
                clusters:
                  - { name: upstream, endpoints: [ { address: "127.0.0.1:%d" } ] }
                """.formatted(transport, directory.resolve("access.log"), upstream));
    }

    /** The least of several windows: in the first ones the daemon still compiles what the start has made hot. */
    private static void awaitSleep(TestingDaemon daemon) throws IOException {
        long deadline = System.nanoTime() + TestingDaemon.LIMIT.toNanos();
        double least = Double.MAX_VALUE;
        while (least > WAKEUPS_PER_SECOND) {
            assertTrue(System.nanoTime() < deadline, () -> "an idle daemon never slept. " + daemon);
            Map<Path, Long> before = wakeups(daemon.pid());
            long start = System.nanoTime();
            while (System.nanoTime() - start < WINDOW.toNanos()) {
                LockSupport.parkNanos(WINDOW.toNanos());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            long more = wakeups(daemon.pid()).entrySet().stream()
                    .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L)).sum();
            least = Math.min(least, more / seconds);
        }
    }

    /** {@return the number of times that each thread of a process has gone to sleep by itself since it began} */
    private static Map<Path, Long> wakeups(long pid) throws IOException {
        Map<Path, Long> wakeups = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                try {
                    for (String line : Files.readAllLines(thread.resolve("status"))) {
                        if (line.startsWith("voluntary_ctxt_switches:")) {
                            wakeups.put(thread, Long.parseLong(line.replaceAll("\\D", "")));
                        }
                    }
                } catch (IOException ended) {
                    // The thread ended between the listing and the read.
                    wakeups.remove(thread);
                }
            }
        }
        return wakeups;
    }
}
