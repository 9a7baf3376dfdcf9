package dev.sluice.dist;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Await;
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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Faults of the system below the daemon: 12 and 58, calls that fail; 26, a clock that is set; 27, a disk that is full.
 * Each needs a tool that not every machine has, and is skipped without it.
 */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class SystemFaultsIT {
    /**
     * Calls of an event loop with errors that they may have. EPIPE is none of them: it follows a reset, which a tool
     * cannot pretend, because reads and readiness would have to agree.
     */
    private static final List<String> FAILURES = List.of("accept4:EMFILE", "socket:EMFILE", "socket:ENOBUFS",
            "connect:EADDRNOTAVAIL", "connect:ENETUNREACH", "setsockopt:ENOBUFS", "getsockopt:ENOBUFS",
            "getsockname:ENOBUFS", "epoll_ctl:ENOMEM", "epoll_ctl:ENOSPC", "shutdown:ENOTCONN", "fcntl:ENOMEM");
    /** On nio these are read and write, which the JDK uses for its wake-ups too, and those do not fail. */
    private static final List<String> TRANSFERS = List.of("recvfrom:ENOMEM", "recvfrom:ECONNRESET", "sendto:ENOBUFS");
    private static final int FIRST_FAILING = 3;
    private static final int EVERY = 7;
    /** Of clients that may have met a call that failed: one that has answered nothing by then is not waited for. */
    private static final Duration IMPATIENCE = Duration.ofMillis(400);
    private static final int YEAR_SECONDS = 31_536_000;

    /** A clock that is a year ahead for as long as a file exists. */
    private static final String CLOCK = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <time.h>
            #include <unistd.h>
            int clock_gettime(clockid_t clock, struct timespec *time) {
                static int (*real)(clockid_t, struct timespec *);
                if (!real) real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
                int result = real(clock, time);
                if (clock == CLOCK_REALTIME && access(STEP, F_OK) == 0) time->tv_sec += AHEAD;
                return result;
            }
            """;

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

    private static void assumeTool(String name, String why) {
        assumeTrue(Stream.of("/usr/bin", "/bin", "/usr/sbin").anyMatch(at -> Files.isExecutable(Path.of(at, name))),
                "there is no " + name + ", with which " + why);
    }

    private Path configuration(String listener, Path log) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                runtime: { transport: %s, eventLoops: 1 }
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: "%s" }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: echo%s }
                clusters:
                  - { name: echo, connectAttempts: 1, endpoints: [ { address: "%s" } ] }
                """.formatted(transport, log, listener, echo.address()));
    }

    /** Sockets, pipes and their like; the JVM opens files when it likes. */
    private static long descriptors(TestingDaemon daemon) throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/" + daemon.pid() + "/fd"))) {
            return links.filter(link -> {
                try {
                    return !Files.readSymbolicLink(link).toString().startsWith("/");
                } catch (IOException closedMeanwhile) {
                    return false;
                }
            }).count();
        }
    }

    private static String loop(TestingDaemon daemon) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
            return threads.filter(SystemFaultsIT::isLoop).findAny()
                    .orElseThrow(() -> new AssertionError("no event loop; " + daemon)).getFileName().toString();
        }
    }

    private static boolean isLoop(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).startsWith("sluice-loop");
        } catch (IOException endedMeanwhile) {
            return false;
        }
    }

    /** @return how many of the clients got their byte back */
    private static int serve(InetSocketAddress edge, int clients, Duration patience) {
        int served = 0;
        for (int i = 0; i < clients; i++) {
            try (Socket client = new Socket()) {
                client.setSoTimeout((int) patience.toMillis());
                client.connect(edge, (int) patience.toMillis());
                TestingEcho.exchange(client);
                served++;
            } catch (IOException cut) {
                // By the call that failed.
            }
        }
        return served;
    }

    private static int serve(InetSocketAddress edge, int clients) {
        return serve(edge, clients, TestingDaemon.LIMIT);
    }

    /** Lets calls of the event loop fail while clients come. @return how many failed */
    private long inject(TestingDaemon daemon, String failure, String when, int clients) throws Exception {
        // The JDK has another call for it than the epoll transport.
        String[] parts = failure.replace("accept4", transport.equals("nio") ? "accept" : "accept4").split(":", 2);
        Path trace = directory.resolve("trace");
        Files.writeString(trace, "");
        String thread = loop(daemon);
        Process strace = new ProcessBuilder("strace", "-p", thread, "-o", trace.toString(), "-e", "trace=" + parts[0],
                "-e", "inject=" + parts[0] + ":error=" + parts[1] + ":when=" + when)
                .redirectErrorStream(true).redirectOutput(directory.resolve("strace").toFile()).start();
        try {
            Await.until("the event loop to be traced", TestingDaemon.LIMIT, () -> !strace.isAlive() || Files
                    .readString(Path.of("/proc/" + daemon.pid() + "/task/" + thread + "/status"))
                    .contains("TracerPid:\t" + strace.pid()));
            assumeTrue(strace.isAlive(), () -> "this system does not let processes be traced");
            serve(daemon.address("edge"), clients, IMPATIENCE);
        } finally {
            strace.destroy();
            assertTrue(strace.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
        return Files.readString(trace).lines().filter(line -> line.contains("(INJECTED)")).count();
    }

    private static void assertUnharmed(TestingDaemon daemon, String failure, long descriptors) throws Exception {
        // After EMFILE, accepting is tried again every 50 ms.
        Await.until("clients to be served after " + failure, TestingDaemon.LIMIT,
                () -> serve(daemon.address("edge"), 5) == 5);
        Await.equal("connections that are left after " + failure, 0L,
                () -> TestingMetrics.value(daemon, "sluice_connections_active{listener=\"edge\"}"));
        Await.value("descriptors, " + descriptors + " before " + failure, () -> descriptors(daemon),
                now -> now <= descriptors);
    }

    @Test
    void aSystemCallThatFailsLeaksNothingAndStopsNothing() throws Exception {
        assumeTool("strace", "system calls are made to fail");
        // A shutdown that did nothing, and a registration that the JDK does not know to have failed, end by a deadline.
        String timeouts = ", timeouts: { halfClosed: 1s, idle: 1s, linger: 1s }";
        try (TestingDaemon daemon = TestingDaemon
                .serving(configuration(timeouts, directory.resolve("access.log")))) {
            List<String> failures = new ArrayList<>(FAILURES);
            if (transport.equals("epoll")) {
                failures.addAll(TRANSFERS);
            }
            // The first time opens what the JDK keeps; the last time comes back to what is open then.
            failures.addLast(failures.getFirst());
            assertEquals(20, serve(daemon.address("edge"), 20));
            inject(daemon, failures.getFirst(), FIRST_FAILING + "+" + EVERY, 3 * EVERY);
            assertUnharmed(daemon, "the beginning", Long.MAX_VALUE);
            long descriptors = descriptors(daemon);
            long injected = 0;
            for (String failure : failures) {
                long errors = TestingMetrics.value(daemon, "sluice_accept_errors_total{listener=\"edge\"}");
                if (FaultSize.isFull()) {
                    for (int n = 1; n <= 50; n++) {
                        injected += inject(daemon, failure, Integer.toString(n), 60);
                    }
                } else {
                    injected += inject(daemon, failure, FIRST_FAILING + "+" + EVERY, 3 * EVERY);
                }
                assertUnharmed(daemon, failure, descriptors);
                System.out.println(failure + " on " + transport + ": " + injected + " calls have failed so far, "
                        + (TestingMetrics.value(daemon, "sluice_accept_errors_total{listener=\"edge\"}") - errors)
                        + " of them accepts");
            }
            assertTrue(injected >= failures.size(), "only " + injected + " calls failed");
            FaultSize.report("58 " + transport, injected + " failed calls, 0 descriptors leaked");
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    /** The number of errors is that of the calls that failed. */
    @Test
    void everySeventhAcceptFailsAndIsCounted() throws Exception {
        assumeTool("strace", "system calls are made to fail");
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("", directory.resolve("access.log")))) {
            assertEquals(5, serve(daemon.address("edge"), 5));
            for (String error : List.of("ECONNABORTED", "EPROTO", "ENOBUFS", "EINTR")) {
                String errors = "sluice_accept_errors_total{listener=\"edge\"}";
                long before = TestingMetrics.value(daemon, errors);
                long failed = inject(daemon, "accept4:" + error, "7+7", FaultSize.of(40, 3_000));
                assertTrue(failed > 0, "no call failed with " + error);
                // After an interruption it is tried again at once; the JDK does so after an aborted connection, too.
                boolean again = error.equals("EINTR") || (transport.equals("nio") && error.equals("ECONNABORTED"));
                assertEquals(again ? 0 : failed, TestingMetrics.value(daemon, errors) - before, error);
                assertUnharmed(daemon, error, Long.MAX_VALUE);
            }
        }
    }

    @Test
    void aFullDiskCostsLinesAndNoConnection() throws Exception {
        assumeTool("unshare", "a daemon gets a small disk of its own");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Path file = configuration("", disk.resolve("access.log"));
        String mount = "mount -t tmpfs -o size=16k tmpfs " + disk;
        Process trial = new ProcessBuilder("unshare", "-m", "sh", "-c", mount).start();
        assumeTrue(trial.waitFor() == 0, "this system does not let a disk be mounted");
        int connections = FaultSize.of(300, 20_000);
        try (TestingDaemon daemon = TestingDaemon.command("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh",
                TestingInstallation.get().sluice(), "run", "-c", file.toString()).start()) {
            daemon.ready();
            InetSocketAddress edge = daemon.address("edge");
            assertEquals(connections, serve(edge, connections));
            Path log = Path.of("/proc/" + daemon.pid() + "/root" + disk + "/access.log");
            Await.until("each line to be written or counted", TestingDaemon.LIMIT,
                    () -> wholeLines(log)
                            + TestingMetrics.value(daemon, "sluice_access_log_dropped_total") == connections);
            long dropped = TestingMetrics.value(daemon, "sluice_access_log_dropped_total");
            assertTrue(dropped > 0, "the disk never was full");
            FaultSize.report("27 " + transport, dropped + " of " + connections + " lines dropped and counted");
            try (Socket client = TestingEcho.connect(edge)) {
                TestingEcho.exchange(client);
            }
        }
    }

    private static long wholeLines(Path log) throws IOException {
        String text = Files.readString(log);
        return text.chars().filter(c -> c == '\n').count();
    }

    /** A year ahead and back again: nobody is idle by that, and who is idle is so at the same time as ever. */
    @Test
    void aClockThatIsSetMovesNoDeadline() throws Exception {
        assumeTool("cc", "a clock is compiled that can be set without harm");
        Path ahead = directory.resolve("ahead");
        Path source = Files.writeString(directory.resolve("clock.c"), CLOCK);
        Path library = directory.resolve("clock.so");
        Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(),
                "-DSTEP=\"%s\"".formatted(ahead), "-DAHEAD=" + YEAR_SECONDS, source.toString(), "-ldl")
                .redirectErrorStream(true).redirectOutput(directory.resolve("cc").toFile()).start();
        assumeTrue(compiler.waitFor() == 0, "the compiler of this system makes no libraries");
        Duration idle = Duration.ofSeconds(2);
        Path log = directory.resolve("access.log");
        Path file = configuration(", timeouts: { idle: 2s }", log);
        try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", file.toString())
                .environment("LD_PRELOAD", library.toString()).start();
                Socket busy = TestingEcho.connect(daemon.address("edge"))) {
            for (boolean forward : new boolean[]{true, false}) {
                long last = System.nanoTime();
                try (Socket quiet = TestingEcho.connect(daemon.address("edge"))) {
                    if (forward) {
                        Files.writeString(ahead, "");
                    } else {
                        Files.delete(ahead);
                    }
                    quiet.setSoTimeout(1);
                    Duration closed = awaitClose(quiet, busy, last);
                    assertTrue(closed.compareTo(idle) >= 0, () -> "closed as idle after " + closed);
                    assertTrue(closed.compareTo(FaultSize.bound(idle.multipliedBy(101).dividedBy(100)
                            .plusMillis(50))) <= 0, () -> "closed as idle only after " + closed);
                    FaultSize.report("26 " + transport, "idle after " + closed);
                }
            }
            Await.until("two lines in the log", () -> wholeLines(log) >= 2);
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            String year = Integer.toString(Instant.now().plusSeconds(YEAR_SECONDS).atOffset(ZoneOffset.UTC).getYear());
            assertTrue(lines.get(0).contains(year), () -> "the clock was not set: " + lines);
            assertTrue(lines.get(1).contains("idle-timeout"), lines::toString);
            TestingEcho.exchange(busy);
        }
    }

    /** Keeps one connection busy until the other one is closed. @return the time since then */
    private static Duration awaitClose(Socket quiet, Socket busy, long since) throws IOException {
        while (true) {
            TestingEcho.exchange(busy);
            try {
                assertEquals(-1, quiet.getInputStream().read());
                throw new AssertionError("a connection that was cut ended with FIN");
            } catch (java.net.SocketTimeoutException goesOn) {
                assertTrue(System.nanoTime() - since < TestingDaemon.LIMIT.toNanos(), "was never closed");
            } catch (java.net.SocketException reset) {
                return Duration.ofNanos(System.nanoTime() - since);
            }
        }
    }
}
