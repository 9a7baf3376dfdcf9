package dev.sluice.dist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.sluice.runtime.transport.epoll.TestingNotifySocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The daemon under a service manager that wants reports. */
class ServiceManagerIT {
    @TempDir
    Path directory;

    private static TestingDaemon start(Path configuration, TestingNotifySocket manager) throws Exception {
        return TestingDaemon.sluice("run", "-c", configuration.toString())
                .environment("NOTIFY_SOCKET", manager.address())
                .environment("WATCHDOG_USEC", "1000000").start();
    }

    private static List<String> states(TestingNotifySocket manager) {
        return manager.received().stream().map(message -> message.lines().findFirst().orElse(""))
                .filter(first -> !first.startsWith("WATCHDOG") && !first.startsWith("EXTEND")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void theManagerHearsOfALife(String transport) throws Exception {
        try (TestingEcho echo = new TestingEcho(transport);
                TestingNotifySocket manager = new TestingNotifySocket(directory.resolve("notify").toString())) {
            Path configuration = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "30s");
            try (TestingDaemon daemon = start(configuration, manager)) {
                daemon.ready();
                manager.await(message -> message.equals("READY=1\nSTATUS=serving generation 1"));
                manager.await(
                        message -> message.equals("WATCHDOG=1\nSTATUS=serving generation 1, open connections: 0"));
                Files.writeString(configuration,
                        Files.readString(configuration).replace("cluster: echo", "cluster: eco"));
                int admin = daemon.address("admin").getPort();
                try (TestingDaemon reload = TestingDaemon.sluice("reload", "--admin", "127.0.0.1:" + admin).start()) {
                    // What makes "systemctl reload" fail, with the reason.
                    assertEquals(78, reload.exitCode());
                    assertTrue(reload.err().toString().contains("did you mean 'echo'"), reload::toString);
                }
                manager.await(message -> message
                        .equals("READY=1\nSTATUS=serving generation 1; the last reload was refused, see the log"));
                daemon.signal("TERM");
                assertEquals(0, daemon.exitCode(), daemon::toString);
            }
            assertEquals(List.of("READY=1", "RELOADING=1", "READY=1", "STOPPING=1"), states(manager));
        }
    }

    @Test
    void aManagerThatCannotBeReachedDoesNotKeepItFromServing() throws Exception {
        try (TestingEcho echo = new TestingEcho()) {
            Path configuration = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "30s");
            try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", configuration.toString())
                    .environment("NOTIFY_SOCKET", directory.resolve("gone").toString()).start()) {
                TestingEcho.connect(daemon.address("edge")).close();
                daemon.awaitError("The service manager could not be reached");
                daemon.signal("TERM");
                assertEquals(0, daemon.exitCode(), daemon::toString);
            }
        }
    }
}
