package dev.sluice.dist;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.FaultSize;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Faults that only a process of its own can have: it is stopped, it runs out of descriptors, it gets a signal to end
 * under load.
 */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class FaultsIT {
    @Parameter
    String transport = "";

    @TempDir
    Path directory;

    private TestingEcho echo;

    @BeforeEach
    void startUpstream() throws IOException {
        echo = new TestingEcho(transport);
    }

    @AfterEach
    void stopUpstream() throws Exception {
        echo.close();
    }

    private static void let(Duration pass) {
        long end = System.nanoTime() + pass.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** Fault 9: the clock ran on while the process did not; what arrived meanwhile counts as having arrived in time. */
    @Test
    void bytesThatArriveWhileTheProcessIsStoppedAreSeenBeforeTheIdleDeadline() throws Exception {
        Path configuration = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1s");
        Files.writeString(configuration,
                Files.readString(configuration).replace("cluster: echo", "cluster: echo, timeouts: { idle: 2s }"));
        assertTrue(Files.readString(configuration).contains("idle: 2s"),
                "the configuration of TestingEcho has changed");
        try (TestingDaemon daemon = TestingDaemon.serving(configuration)) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(TestingEcho.connect(daemon.address("edge")));
            }
            // The loops are asleep when the stop comes, and have been for a while.
            let(Duration.ofSeconds(1));
            daemon.signal("STOP");
            for (Socket client : clients) {
                client.getOutputStream().write('x');
            }
            let(FaultSize.of(Duration.ofSeconds(4), Duration.ofSeconds(10)));
            daemon.signal("CONT");
            for (Socket client : clients) {
                assertEquals('x', client.getInputStream().read(), "a connection with pending data was closed as idle");
                client.close();
            }
        }
    }

    private static long open(TestingDaemon daemon) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + daemon.pid() + "/fd"))) {
            return descriptors.count();
        }
    }

    private static void limit(TestingDaemon daemon, long descriptors) throws Exception {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(daemon.pid()),
                "--nofile=" + descriptors + ":20000").inheritIO().start();
        assertEquals(0, prlimit.waitFor());
    }

    private static long cpuNanos(TestingDaemon daemon) throws IOException {
        long nanos = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
            for (Path task : tasks.toList()) {
                nanos += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
            }
        }
        return nanos;
    }

    /** Fault 10. */
    @Test
    void withoutDescriptorsEstablishedConnectionsAndTheAdminInterfaceGoOn() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(
                echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1s"));
                Socket established = TestingEcho.connect(daemon.address("edge"));
                HttpClient http = HttpClient.newHttpClient()) {
            TestingEcho.exchange(established);
            InetSocketAddress admin = daemon.address("admin");
            HttpRequest live = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.getPort() + "/live"))
                    .build();
            assertEquals(200, http.send(live, HttpResponse.BodyHandlers.ofString()).statusCode());

            limit(daemon, open(daemon) + 3);
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket client = new Socket();
                client.connect(daemon.address("edge"));
                client.getOutputStream().write('x');
                waiting.add(client);
            }
            daemon.awaitError("EMFILE");
            long before = cpuNanos(daemon);
            long start = System.nanoTime();
            while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1)) {
                TestingEcho.exchange(established);
                let(Duration.ofMillis(20));
            }
            double busy = (double) (cpuNanos(daemon) - before) / (System.nanoTime() - start);
            assertTrue(busy < 0.2, () -> "used " + busy + " of a core while it could not accept");
            try (HttpClient another = HttpClient.newHttpClient()) {
                assertEquals(200, another.send(live, HttpResponse.BodyHandlers.ofString()).statusCode());
            }

            limit(daemon, 20_000);
            int served = 0;
            for (Socket client : waiting) {
                try (client) {
                    served += client.getInputStream().read() == 'x' ? 1 : 0;
                } catch (SocketException cutForWantOfAnUpstreamDescriptor) {
                    // Accepted with the last descriptor there was.
                }
            }
            assertTrue(served > 10, served + " of 20 that waited were served");
            TestingEcho.exchange(established);
        }
    }

    /** Fault 31, smaller: clients connected before the signal are served, and the daemon ends after the last one. */
    @Test
    void terminationUnderLoadCutsNobody() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(
                echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1m"))) {
            InetSocketAddress edge = daemon.address("edge");
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < FaultSize.of(500, 4_000); i++) {
                open.add(TestingEcho.connect(edge));
            }
            AtomicBoolean refused = new AtomicBoolean();
            AtomicInteger cut = new AtomicInteger();
            Thread connecting = Thread.ofPlatform().start(() -> connectUntilRefused(edge, refused, cut));
            daemon.signal("TERM");
            daemon.awaitError("SIGTERM");
            for (Socket client : open) {
                TestingEcho.exchange(client);
                client.close();
            }
            connecting.join();
            assertTrue(refused.get());
            // One connect may meet the moment between the last accept and the close of the listening socket.
            assertTrue(cut.get() <= 1, () -> cut.get() + " connections were cut");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    private static void connectUntilRefused(InetSocketAddress edge, AtomicBoolean refused, AtomicInteger cut) {
        while (true) {
            try (Socket client = new Socket()) {
                try {
                    client.connect(edge);
                } catch (IOException closed) {
                    refused.set(true);
                    return;
                }
                TestingEcho.exchange(client);
            } catch (IOException | AssertionError e) {
                cut.incrementAndGet();
            }
        }
    }
}
