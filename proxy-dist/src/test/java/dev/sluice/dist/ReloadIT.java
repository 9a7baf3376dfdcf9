package dev.sluice.dist;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Reloads of the daemon: by HUP, and by watching its files. */
class ReloadIT {
    @TempDir
    Path directory;

    private TestingEcho echo;
    private TestingEcho other;

    @BeforeEach
    void startUpstreams() throws IOException {
        echo = new TestingEcho();
        other = new TestingEcho();
    }

    @AfterEach
    void stopUpstreams() throws Exception {
        echo.close();
        other.close();
    }

    private static String yaml(TestingEcho upstream, String more) {
        return """
                runtime: { eventLoops: 1%s }
                admin: { listen: "127.0.0.1:0" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "%s" } ] } ]
                """.formatted(more, upstream.address());
    }

    private static String exchange(InetSocketAddress edge, String text) throws IOException {
        try (Socket client = TestingEcho.connect(edge)) {
            return exchange(client, text);
        }
    }

    private static String exchange(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }

    @Test
    void hupAppliesWhatTheFileSaysAndRefusesABrokenOne() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml(echo, ""));
        try (TestingDaemon daemon = TestingDaemon.serving(file)) {
            InetSocketAddress edge = daemon.address("edge");
            try (Socket open = TestingEcho.connect(edge)) {
                assertEquals("before", exchange(open, "before"));
                int served = other.accepted();

                Files.writeString(file, yaml(other, "").replace("cluster: app", "cluster: ap"));
                daemon.signal("HUP");
                daemon.awaitError("Reload refused, generation 1 goes on");
                daemon.awaitError(file + ":3:");
                assertEquals("old", exchange(edge, "old"));
                assertEquals(served, other.accepted());

                Files.writeString(file, yaml(other, ""));
                daemon.signal("HUP");
                daemon.awaitError("applied as generation 2");
                assertEquals("new", exchange(edge, "new"));
                assertEquals(served + 1, other.accepted());
                assertEquals("still", exchange(open, "still"));
            }
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    /** A HUP that comes while the daemon starts is not lost. */
    @Test
    void aHupBeforeTheReadyLineIsRemembered() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml(echo, ""));
        try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", file.toString()).start()) {
            daemon.awaitProgram("java");
            daemon.signal("HUP");
            daemon.ready();
            daemon.signal("HUP");
            daemon.awaitError("SIGHUP: reloading the configuration");
            daemon.awaitError("unchanged; generation 1 serves");
            assertEquals("x", exchange(daemon.address("edge"), "x"));
        }
    }

    /** As a ConfigMap is switched: the file is a symbolic link into a directory that a link leads to. */
    @Test
    void aWatchedFileThatASymbolicLinkSwitchesIsReloaded() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..2026_1"));
        Path second = Files.createDirectory(directory.resolve("..2026_2"));
        Files.writeString(first.resolve("sluice.yaml"), yaml(echo, ", watch: 100ms"));
        Files.writeString(second.resolve("sluice.yaml"), yaml(other, ", watch: 100ms"));
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
        Path file = Files.createSymbolicLink(directory.resolve("sluice.yaml"), Path.of("..data/sluice.yaml"));
        try (TestingDaemon daemon = TestingDaemon.serving(file)) {
            InetSocketAddress edge = daemon.address("edge");
            assertEquals("old", exchange(edge, "old"));
            Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), second.getFileName());
            Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            daemon.awaitError("applied as generation 2");
            assertEquals("new", exchange(edge, "new"));
            assertTrue(other.accepted() > 0);
        }
    }
}
