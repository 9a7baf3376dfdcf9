package dev.sluice.dist;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands to a running daemon, with the daemon and the Java of the tarball. */
class ClientCommandsIT {
    @TempDir
    Path directory;

    @Test
    void aDaemonIsFoundByItsConfigurationAndAskedAndDrained() throws Exception {
        Path classes = directory.resolve("classes");
        try (TestingEcho echo = new TestingEcho()) {
            Files.writeString(directory.resolve("token"), "s3cret\n");
            Path file = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1h");
            Files.writeString(file, Files.readString(file).replace("\"127.0.0.1:0\" }\nlisteners",
                    "\"unix:" + directory.resolve("admin.sock") + "\", tokenFile: token }\nlisteners"));
            try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", file.toString())
                    .environment("SLUICE_OPTS", "-Xlog:class+load:file=" + classes).start()) {
                daemon.ready();
                try (Socket client = TestingEcho.connect(daemon.address("edge"))) {
                    try (TestingDaemon conns = TestingDaemon.sluice("conns", "-c", file.toString()).start()) {
                        assertEquals(ExitCode.CLEAN, conns.exitCode(), conns::toString);
                        assertEquals(2, conns.out().size(), conns::toString);
                        assertTrue(conns.out().get(0).startsWith("ID  GEN  LISTENER  CLIENT"), conns::toString);
                        assertTrue(conns.out().get(1).contains("127.0.0.1:" + client.getLocalPort()), conns::toString);
                        assertEquals(List.of(), conns.err());
                    }
                    try (TestingDaemon refused = TestingDaemon.sluice("drain")
                            .environment("SLUICE_ADMIN", "unix:" + directory.resolve("admin.sock")).start()) {
                        assertEquals(ExitCode.FATAL, refused.exitCode(), refused::toString);
                        assertTrue(refused.err().getFirst().contains("it wants the token"), refused::toString);
                    }
                    String endpoint = echo.address();
                    try (TestingDaemon away = TestingDaemon.sluice("endpoint", "echo", endpoint, "drain", "-c",
                            file.toString()).start()) {
                        assertEquals(ExitCode.CLEAN, away.exitCode(), away::toString);
                        assertEquals(List.of("endpoint " + endpoint + " of cluster echo gets no new connections;"
                                + " 1 open one stays"), away.out());
                    }
                    TestingEcho.exchange(client);
                    try (TestingDaemon wrong = TestingDaemon.sluice("endpoint", "echo", "127.0.0.1:1", "up", "-c",
                            file.toString()).start()) {
                        assertEquals(ExitCode.FATAL, wrong.exitCode(), wrong::toString);
                        assertEquals(List.of("sluice: cluster echo has no endpoint '127.0.0.1:1'; it has: " + endpoint),
                                wrong.err());
                    }
                    try (TestingDaemon drain = TestingDaemon.sluice("drain", "-c", file.toString()).start()) {
                        assertEquals(ExitCode.CLEAN, drain.exitCode(), drain::toString);
                    }
                    TestingEcho.exchange(client);
                }
                assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            }
        }
        List<String> loaded = Files.readAllLines(classes);
        assertTrue(loaded.stream().anyMatch(line -> line.contains(" dev.sluice.dist.Daemon ")), "a test of nothing");
        for (String name : List.of("ClientCommands", "AdminClient", "JsonText", "ReloadCommand", "EndpointCommand")) {
            assertTrue(loaded.stream().noneMatch(line -> line.contains(" dev.sluice.dist." + name + " ")),
                    name + " is loaded by a start");
        }
    }
}
