package dev.sluice.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The life of the daemon: bytes through it, signals to it, and how it ends. */
class DaemonIT {
    @TempDir
    Path directory;

    private TestingEcho echo;

    @BeforeEach
    void startUpstream() throws IOException {
        echo = new TestingEcho();
    }

    @AfterEach
    void stopUpstream() throws Exception {
        echo.close();
    }

    private Path configuration(String drainTimeout) throws IOException {
        return echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", drainTimeout);
    }

    @Test
    void relaysAndSaysNothingButThatItIsReady() throws Exception {
        byte[] sent = new byte[1 << 20];
        new Random(1).nextBytes(sent);
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("30s"))) {
            String ready = daemon.ready();
            assertTrue(ready.matches("sluice ready edge=127\\.0\\.0\\.1:[1-9]\\d* admin=127\\.0\\.0\\.1:[1-9]\\d*"),
                    ready);
            try (Socket client = TestingEcho.connect(daemon.address("edge"))) {
                Thread writer = Thread.ofPlatform().start(() -> send(client, sent));
                assertArrayEquals(sent, client.getInputStream().readAllBytes());
                writer.join();
            }
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            assertEquals(List.of(ready), daemon.out());
            assertTrue(daemon.err().stream().noneMatch(line -> line.toUpperCase(Locale.ROOT).contains("WARN")),
                    daemon::toString);
        }
    }

    private static void send(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void anIdleDaemonStopsCleanly(String signal) throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("30s"))) {
            daemon.signal(signal);
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    @Test
    void whatIsOpenAtTheDrainDeadlineIsCutAndTheExitCodeSaysSo() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("200ms"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.signal("TERM");
            assertEquals(ExitCode.CUT, daemon.exitCode(), daemon::toString);
            assertTrue(client.isConnected());
        }
    }

    @Test
    void whatFinishesDuringTheDrainIsNotCut() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("1h"))) {
            InetSocketAddress edge = daemon.address("edge");
            try (Socket client = TestingEcho.connect(edge)) {
                daemon.signal("TERM");
                daemon.awaitError("SIGTERM");
                TestingEcho.exchange(client);
            }
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSecondSignalStopsAtOnce(String second) throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("1h"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.signal("TERM");
            daemon.awaitError("SIGTERM");
            TestingEcho.exchange(client);
            daemon.signal(second);
            assertEquals(ExitCode.CUT, daemon.exitCode(), daemon::toString);
            assertTrue(daemon.err().stream().anyMatch(line -> line.contains("SIG" + second + " again")),
                    daemon::toString);
        }
    }

    /** Field case 23: a load balancer that still sends clients after TERM finds them served. */
    @Test
    void afterTermItAcceptsUntilTheDelayIsOver() throws Exception {
        Path file = configuration("1h");
        Files.writeString(file, Files.readString(file).replace("drainTimeout: 1h", "drainTimeout: 1h, drainDelay: 1s"));
        try (TestingDaemon daemon = TestingDaemon.serving(file)) {
            daemon.signal("TERM");
            daemon.awaitError("SIGTERM: accepting for another 1s, then draining");
            try (Socket late = TestingEcho.connect(daemon.address("edge"))) {
                TestingEcho.exchange(late);
            }
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    @Test
    void aSecondSignalEndsTheDelayToo() throws Exception {
        Path file = configuration("1h");
        Files.writeString(file, Files.readString(file).replace("drainTimeout: 1h", "drainTimeout: 1h, drainDelay: 1h"));
        try (TestingDaemon daemon = TestingDaemon.serving(file)) {
            daemon.signal("TERM");
            daemon.awaitError("SIGTERM");
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    @Test
    void hangupIsAnsweredAndSurvived() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("30s"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.signal("HUP");
            assertTrue(daemon.awaitError("SIGHUP").contains("reload"));
            TestingEcho.exchange(client);
        }
    }

    @Test
    void logsAreReopened() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("30s"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.signal("USR1");
            daemon.awaitError("SIGUSR1");
            TestingEcho.exchange(client);
        }
    }

    @Test
    void nobodyHasToReadTheOutput() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("30s"));
                Socket client = TestingEcho.connect(daemon.address("edge"))) {
            daemon.closeOutput();
            daemon.signal("HUP");
            daemon.signal("USR1");
            TestingEcho.exchange(client);
            client.shutdownOutput();
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode());
        }
    }

    @Test
    void standardOutputMayBeClosedFromTheStart() throws Exception {
        TestingDaemon.Launch launch = TestingDaemon.command("sh", "-c", "exec \"$@\" <&- >&-", "sh",
                TestingInstallation.get().sluice(),
                "run", "-c", configuration("30s").toString());
        try (TestingDaemon daemon = launch.start()) {
            daemon.awaitError("Serving edge=");
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            assertEquals(List.of(), daemon.out());
        }
    }

    @Test
    void logsAsJson() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", configuration("30s").toString())
                .environment("SLUICE_LOG_FORMAT", "json")
                .start()) {
            daemon.ready();
            daemon.signal("HUP");
            String line = daemon.awaitError("SIGHUP");
            assertTrue(line.contains("\"level\":\"INFO\""), line);
            assertTrue(line.contains("\"loggerName\":\"dev.sluice.dist.Daemon\""), line);
            assertTrue(line.contains("\"formattedMessage\":\"SIGHUP: "), line);
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            assertTrue(daemon.err().stream().allMatch(each -> each.startsWith("{\"timestamp\":") && each.endsWith("}")),
                    daemon::toString);
        }
    }

    @Test
    void logsOnlyWhatTheLevelAsksFor() throws Exception {
        try (TestingDaemon daemon = TestingDaemon
                .sluice("run", "-c", configuration("30s").toString(), "--log-level", "error").start()) {
            daemon.ready();
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode());
            assertEquals(List.of(), daemon.err());
        }
    }

    @Test
    void aLogbackFileOfTheUserReplacesTheBuiltInOne() throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="own" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder><pattern>OWN ${sluice.log.level} %msg%n</pattern></encoder>
                  </appender>
                  <root level="info"><appender-ref ref="own"/></root>
                </configuration>
                """);
        try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", configuration("30s").toString())
                .environment("SLUICE_OPTS", "-Dlogback.configurationFile=" + logback).start()) {
            daemon.ready();
            daemon.signal("HUP");
            assertTrue(daemon.awaitError("SIGHUP").startsWith("OWN INFO SIGHUP: "), daemon::toString);
        }
    }
}
