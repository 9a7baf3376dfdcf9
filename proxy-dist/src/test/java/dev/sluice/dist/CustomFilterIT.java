package dev.sluice.dist;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.example.redisdeny.RedisDenyProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Plugins in the unpacked tarball: the one of the page "Write a filter", made by its own steps, and the example beside
 * it.
 */
class CustomFilterIT {
    private static final Path PAGE = Path.of("../examples/custom-filter/README.md");
    private static final Pattern FILE = Pattern.compile("^`([^`\n]+)`:\n```\\w+\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMANDS = Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    Path directory;
    private TestingInstallation installation = TestingInstallation.get();
    private TestingEcho echo;

    @BeforeEach
    void prepare() throws Exception {
        installation = TestingInstallation.unpack(directory);
        echo = new TestingEcho();
    }

    @AfterEach
    void stopUpstream() throws IOException {
        echo.close();
    }

    private static Socket connect(TestingDaemon daemon, String listener) throws Exception {
        Socket socket = new Socket();
        socket.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
        socket.connect(daemon.address(listener), (int) TestingDaemon.LIMIT.toMillis());
        return socket;
    }

    private static void roundTrip(Socket client, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(bytes);
        assertEquals(text, new String(client.getInputStream().readNBytes(bytes.length), StandardCharsets.US_ASCII));
    }

    private static void refused(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        assertThrows(SocketException.class, () -> client.getInputStream().read());
    }

    @Test
    void whoDoesWhatThePageSaysHasAFilter() throws Exception {
        String page = Files.readString(PAGE);
        Path work = Files.createDirectory(directory.resolve("work"));
        for (MatchResult file : FILE.matcher(page).results().toList()) {
            Path path = work.resolve(file.group(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.group(2));
        }
        StringBuilder script = new StringBuilder("set -eu\n");
        COMMANDS.matcher(page).results().forEach(block -> script.append(block.group(1)));
        Path output = directory.resolve("output");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script.toString()).directory(work.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        shell.environment().put("SLUICE", installation.home().toString());
        shell.environment().put("PATH",
                Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
        Process process = shell.start();
        assertTrue(process.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS));
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("BannerGuard is fine\n"), said);
        assertTrue(said.contains("banner-guard"), said);

        Path guarded = work.resolve("guarded.yaml");
        String yaml = Files.readString(guarded);
        Files.writeString(guarded, "accessLog: { path: stdout }\n" + yaml.replace("127.0.0.1:2222", "127.0.0.1:0")
                .replace("127.0.0.1:22\"", echo.address() + "\""));
        try (TestingDaemon daemon = TestingDaemon.command(installation.sluice(), "run", "-c", guarded.toString())
                .start(); Socket good = connect(daemon, "ssh"); Socket bad = connect(daemon, "ssh")) {
            roundTrip(good, "SSH-2.0-OpenSSH_10.0\r\n");
            refused(bad, "GET / HTTP/1.1\r\n");
            String line = daemon.awaitOut(text -> text.contains("filter-rejected"));
            assertTrue(line.contains("\"filter\":\"banner-guard\",\"detail\":\"not the right banner\""), line);
        }
    }

    @Test
    void theExampleIsDroppedInAndServes() throws Exception {
        Path jar = Path.of(RedisDenyProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path plugin = Files.createDirectory(installation.home().resolve("plugins/redis-deny"));
        Files.copy(jar, plugin.resolve("redis-deny.jar"));
        Path file = Files.writeString(directory.resolve("redis.yaml"), """
                accessLog: { path: stdout }
                listeners:
                  - name: redis
                    listen: "127.0.0.1:0"
                    cluster: redis
                    filters: [ { type: redis-deny, config: { commands: [ flushall ] } } ]
                  - name: polite
                    listen: "127.0.0.1:0"
                    cluster: redis
                    filters: [ { type: replace-text, config: { find: "ping", replacement: "pong" } } ]
                clusters:
                  - { name: redis, endpoints: [ { address: "%s" } ] }
                """.formatted(echo.address()));
        try (TestingDaemon daemon = TestingDaemon.command(installation.sluice(), "run", "-c", file.toString()).start();
                Socket client = connect(daemon, "redis");
                Socket polite = connect(daemon, "polite")) {
            polite.getOutputStream().write("a ping".getBytes(StandardCharsets.US_ASCII));
            assertEquals("a pong", new String(polite.getInputStream().readNBytes(6), StandardCharsets.US_ASCII));
            roundTrip(client, "*2\r\n$3\r\nGET\r\n$8\r\nflushall\r\n");
            // The plugin has been read; that its JAR is replaced by rubbish changes nothing (fault 41).
            Files.writeString(plugin.resolve("redis-deny.jar"), "rubbish");
            try (Socket another = connect(daemon, "redis")) {
                roundTrip(another, "*1\r\n$4\r\nPING\r\n");
            }
            refused(client, "*1\r\n$8\r\nFlushAll\r\n");
            String line = daemon.awaitOut(text -> text.contains("filter-rejected"));
            assertTrue(line.contains("\"filter\":\"redis-deny\""), line);
        }
    }
}
