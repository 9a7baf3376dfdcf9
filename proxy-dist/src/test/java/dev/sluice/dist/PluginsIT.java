package dev.sluice.dist;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Plugins of the unpacked tarball, where everything is a module: found, listed, configured, and refused by name. Fault
 * 41.
 */
class PluginsIT {
    private static final String NOBODY = "65534";

    @TempDir
    Path directory;
    private TestingInstallation installation = TestingInstallation.get();
    private Path plugins = Path.of("");

    @BeforeEach
    void unpack() throws Exception {
        installation = TestingInstallation.unpack(directory);
        plugins = installation.home().resolve("plugins");
    }

    @Test
    void aModuleIsListedWithItsKeys() throws Exception {
        Path jar = guard().write(plugins.resolve("redis-guard/guard.jar"));
        try (TestingDaemon list = sluice("plugins")) {
            assertEquals(ExitCode.CLEAN, list.exitCode(), list::toString);
            assertEquals(List.of(), list.err());
            String row = line(list, "redis-guard ");
            assertTrue(row.matches("redis-guard +1\\.4 +" + jar.getParent() + " +Watches Redis\\."), list::toString);
            int section = list.out().indexOf("redis-guard");
            assertTrue(section > 0, list::toString);
            List<String> keys = list.out().subList(section + 1, section + 4);
            assertEquals("KEY TYPE DEFAULT DESCRIPTION", keys.get(0).strip().replaceAll(" +", " "));
            assertEquals("limit size 64KiB The most that a command may have.",
                    keys.get(1).strip().replaceAll(" +", " "));
            assertEquals("default refuse | let-pass (required)", keys.get(2).strip().replaceAll(" +", " "));
        }
        try (TestingDaemon list = sluice("plugins", "--json")) {
            assertEquals(ExitCode.CLEAN, list.exitCode(), list::toString);
            assertEquals(1, list.out().size());
            assertTrue(list.out().getFirst().contains("""
                    {"path":"limit","type":"size","default":"64KiB","required":false,\
                    "description":"The most that a command may have."}"""), list::toString);
        }
    }

    @Test
    void itsRecordIsFilledFromTheConfiguration() throws Exception {
        guard().write(plugins.resolve("redis-guard/guard.jar"));
        Path good = configuration("default: let-pass, limit: 1MiB", "");
        try (TestingDaemon check = sluice("check", "-c", good.toString())) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of(), check.err());
        }
        Path bad = configuration("default: let-pass, limit: 2MiB", "");
        try (TestingDaemon check = sluice("check", "-c", bad.toString())) {
            assertEquals(ExitCode.CONFIGURATION, check.exitCode(), check::toString);
            assertTrue(check.err().getFirst().startsWith(bad + ":5:"), check::toString);
            assertTrue(check.err().getFirst().contains("listeners[0].filters[0].config.limit: 2MiB is too much"),
                    check::toString);
        }
    }

    @Test
    void aPluginWithoutADescriptorServes() throws Exception {
        TestingJar.create().provider("com.example.Guard", "redis-guard", "int limit", "").service("com.example.Guard")
                .write(plugins.resolve("guard.jar"));
        Path file = configuration("limit: 3", "admin: { listen: '127.0.0.1:0' }");
        try (TestingDaemon daemon = sluice("run", "-c", file.toString())) {
            assertTrue(get(daemon.address("admin"), "/plugins").contains("\"types\":[\"redis-guard\"]"));
        }
    }

    @Test
    void whatIsBrokenIsRefusedByName() throws Exception {
        guard().write(plugins.resolve("redis-guard/guard.jar"));
        byte[] whole = Files.readAllBytes(guard().write(directory.resolve("whole.jar")));
        Files.write(plugins.resolve("half.jar"), Arrays.copyOf(whole, whole.length / 2));
        Files.createSymbolicLink(plugins.resolve("outside"), Files.createDirectory(directory.resolve("elsewhere")));

        try (TestingDaemon list = sluice("plugins")) {
            assertEquals(ExitCode.CLEAN, list.exitCode(), list::toString);
            assertTrue(line(list, "redis-guard ").contains("1.4"), list::toString);
            assertEquals(2, list.err().size(), list::toString);
            assertTrue(
                    list.err().get(0).startsWith("plugin half has half.jar, which is damaged, incomplete or not a JAR"),
                    list::toString);
            assertTrue(list.err().get(1).startsWith("plugin outside leads out of the plugins directory, to "),
                    list::toString);
        }
        Path skipping = configuration("default: refuse", "admin: { listen: '127.0.0.1:0' }");
        try (TestingDaemon daemon = sluice("run", "-c", skipping.toString())) {
            String answer = get(daemon.address("admin"), "/plugins");
            assertTrue(answer.contains("\"types\":[\"redis-guard\"]"), answer);
            assertTrue(answer.contains("\"problem\":\"plugin half has half.jar"), answer);
            daemon.awaitError("warning: " + skipping);
        }
        Path refusing = configuration("default: refuse", "plugins: { broken: refuse }");
        for (String command : List.of("check", "run", "plugins")) {
            try (TestingDaemon refused = sluice(command, "-c", refusing.toString())) {
                assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
                assertEquals(1,
                        refused.err().stream().filter(line -> line.contains("plugin half has half.jar")).count(),
                        refused::toString);
                assertEquals("2 problems in " + refusing, refused.err().getLast());
            }
        }
    }

    @Test
    void whatCannotBeReadIsRefusedByName() throws Exception {
        Path jar = guard().write(plugins.resolve("redis-guard/guard.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("---------"));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // Modes do not stop root.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(installation.sluice(), "plugins"));
        try (TestingDaemon list = new TestingDaemon.Launch(command).start()) {
            assertEquals(ExitCode.CLEAN, list.exitCode(), list::toString);
            assertEquals(1, list.err().size(), list::toString);
            assertTrue(
                    list.err().getFirst().startsWith("plugin redis-guard has guard.jar, which this user may not read"),
                    list::toString);
        }
    }

    @Test
    void aDirectoryOfTheConfigurationIsThatOfTheInstallation() throws Exception {
        guard().write(installation.home().resolve("mine/guard.jar"));
        Path file = configuration("default: refuse", "plugins: { directory: mine }");
        try (TestingDaemon check = sluice("check", "-c", file.toString())) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of(), check.err());
        }
    }

    /** Also of a configuration that is refused: its editor needs the schema most. */
    @Test
    void theSchemaHasThePluginsOfTheConfiguration() throws Exception {
        guard().write(installation.home().resolve("mine/guard.jar"));
        Files.writeString(installation.home().resolve("mine/notes.jar"), "no archive");
        Path file = configuration("default: nonsense", "plugins: { directory: mine, broken: refuse }");
        try (TestingDaemon schema = sluice("schema", "-c", file.toString())) {
            assertEquals(ExitCode.CLEAN, schema.exitCode(), schema::toString);
            assertEquals(1, schema.err().size(), schema::toString);
            assertTrue(schema.err().getFirst().startsWith("plugin notes has notes.jar"), schema::toString);
            String text = String.join("\n", schema.out());
            assertTrue(text.contains("\"description\" : \"The most that a command may have.\""), text);
            assertTrue(text.contains("\"enum\" : [ \"refuse\", \"let-pass\" ]"), text);
        }
        try (TestingDaemon schema = sluice("schema")) {
            assertEquals(ExitCode.CLEAN, schema.exitCode(), schema::toString);
            assertTrue(schema.out().stream().noneMatch(line -> line.contains("redis-guard")), schema::toString);
        }
    }

    @Test
    void whatAPluginLogsIsInTheLog() throws Exception {
        TestingJar.create().provider("com.example.Guard", "redis-guard", "int limit", """
                public Guard() {
                    System.getLogger("com.example.guard").log(System.Logger.Level.WARNING, "Redis is {0}", "watched");
                }
                """).moduleProviding("com.example.guard", "com.example.Guard").write(plugins.resolve("guard.jar"));
        Path file = configuration("limit: 3", "");
        try (TestingDaemon daemon = sluice("run", "-c", file.toString())) {
            daemon.ready();
            String line = daemon.awaitError("Redis is watched");
            assertTrue(line.matches("[0-9-]+T[0-9:.]+\\S* WARN  \\[main] guard: Redis is watched"), line);
        }
    }

    /** A module whose packages nobody has exported. */
    private static TestingJar guard() {
        return TestingJar.create().provider("com.example.Guard", "redis-guard", """
                @ConfigDefault("64KiB") @ConfigDescription("The most that a command may have.") ByteSize limit,
                @ConfigKey("default") Verdict otherwise""", """
                public enum Verdict { REFUSE, LET_PASS }
                static ByteSize checked(ByteSize limit) {
                    if (limit.bytes() > 1 << 20) {
                        throw new ConfigException("limit", limit + " is too much", "up to 1MiB", null);
                    }
                    return limit;
                }
                @Override
                public String description() { return "Watches Redis."; }
                """, "limit = checked(limit);").moduleProviding("com.example.guard", "com.example.Guard")
                .option("--module-version", "1.4");
    }

    private Path configuration(String config, String section) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "sluice", ".yaml"), """
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: app
                    filters: [ { type: redis-guard, config: { %s } } ]
                clusters:
                  - { name: app, endpoints: [ { address: "127.0.0.1:9" } ] }
                %s
                """.formatted(config, section));
    }

    private TestingDaemon sluice(String... arguments) throws Exception {
        return TestingDaemon.command(installation.sluice(), arguments).start();
    }

    private static String line(TestingDaemon daemon, String start) {
        return daemon.out().stream().filter(line -> line.startsWith(start)).findFirst()
                .orElseThrow(() -> new AssertionError("no line " + start + "; " + daemon));
    }

    private static String get(InetSocketAddress admin, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + admin.getPort() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
