package dev.sluice.dist;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Signals at bad times and under bad conditions; what each of them does is in {@link DaemonIT}. */
class SignalsIT {
    private static final String NOBODY = "65534";

    @TempDir
    Path directory;

    private static List<String> run(Path configuration) {
        return List.of(TestingInstallation.get().sluice(), "run", "-c", configuration.toString());
    }

    /** As by nohup, and as in the background of a script. */
    @Test
    void whatWasIgnoredAtTheLaunchIsReceived() throws Exception {
        try (TestingEcho echo = new TestingEcho()) {
            Path configuration = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1h");
            List<String> shell = List.of("sh", "-c", "trap '' HUP INT TERM USR1; exec \"$@\"", "sh");
            try (TestingDaemon daemon = new TestingDaemon.Launch(concat(shell, run(configuration))).start();
                    Socket client = TestingEcho.connect(daemon.address("edge"))) {
                daemon.signal("HUP");
                daemon.awaitError("SIGHUP");
                daemon.signal("USR1");
                daemon.awaitError("SIGUSR1");
                daemon.signal("TERM");
                daemon.awaitError("SIGTERM: ");
                TestingEcho.exchange(client);
                daemon.signal("INT");
                daemon.awaitError("SIGINT again");
                assertEquals(ExitCode.CUT, daemon.exitCode(), daemon::toString);
            }
        }
    }

    /** As on a processor for which no handler is written. */
    @Test
    void whereThePipeCannotBeTheJvmDelivers() throws Exception {
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = new TestingDaemon.Launch(run(
                        echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "30s")))
                        .environment("SLUICE_OPTS", "-Dos.arch=abacus").environment("SLUICE_LOG_LEVEL", "debug")
                        .start()) {
            daemon.ready();
            daemon.awaitError("Each signal takes a thread of its own");
            daemon.signal("USR1");
            daemon.awaitError("SIGUSR1");
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    /** As from a supervisor that starts and rotates at once. */
    @Test
    void rotationAndReloadMayComeBeforeItIsReady() throws Exception {
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = new TestingDaemon.Launch(run(
                        echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "30s"))).start()) {
            daemon.awaitProgram("java");
            do {
                daemon.signal("USR1");
                daemon.signal("HUP");
            } while (daemon.isAlive() && daemon.out().isEmpty());
            TestingEcho.connect(daemon.address("edge")).close();
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    /** As with a control group whose limit on processes and threads is used up. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void noSignalNeedsANewThread(String transport) throws Exception {
        try (TestingEcho echo = new TestingEcho(transport);
                TestingDaemon daemon = withoutThreadsToStart(
                        echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1h"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.signal("HUP");
            daemon.awaitError("SIGHUP");
            daemon.signal("USR1");
            daemon.awaitError("SIGUSR1");
            daemon.signal("TERM");
            daemon.awaitError("SIGTERM: ");
            TestingEcho.exchange(client);
            daemon.signal("TERM");
            assertEquals(ExitCode.CUT, daemon.exitCode(), daemon::toString);
        }
    }

    @Test
    void theEndOfADrainNeedsNoNewThread() throws Exception {
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = withoutThreadsToStart(
                        echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1h"))) {
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            daemon.awaitError("Stopped; of 0 open connections, 0 were cut");
        }
    }

    /**
     * A daemon that serves, and whose user may not have one thread more from now on: a limit that does not hold for
     * root.
     */
    private TestingDaemon withoutThreadsToStart(Path configuration) throws Exception {
        List<String> user = List.of();
        if (System.getProperty("user.name").equals("root")) {
            user = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
            allowEveryoneToRead();
        }
        TestingDaemon daemon = new TestingDaemon.Launch(concat(user, run(configuration))).start();
        try {
            daemon.ready();
            List<String> prlimit = List.of("prlimit", "--pid", Long.toString(daemon.pid()), "--nproc=1:1");
            assertEquals(0, new ProcessBuilder(concat(user, prlimit)).inheritIO().start().waitFor());
            return daemon;
        } catch (Throwable t) {
            daemon.close();
            throw t;
        }
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private void allowEveryoneToRead() throws IOException {
        for (Path path : List.of(directory, TestingInstallation.get().home().getParent())) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
