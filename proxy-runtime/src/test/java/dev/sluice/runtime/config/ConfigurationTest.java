package dev.sluice.runtime.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.config.model.RuntimeConfig.TransportKind;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.ConfigFileView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigurationTest {
    private static final String OPEN = " can be reached from other machines, and without a tokenFile each of them could stop this proxy;"
            + " allowed: an address in 127.0.0.0/8, [::1]:port or unix:/path: put it behind ssh -L or a TLS listener; with"
            + " admin.tokenFile any address";

    private static String with(String lines) {
        return lines + """

                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: web } ]
                clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:80" } ] } ]
                """;
    }

    private static Configuration load(String lines) {
        return TestingConfig.load(with(lines)).configuration();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "accessLog: { path: stdout, format: text, template: \"a\\nb\" }@1:52 accessLog.template: this text has a line break or another"
                + " control character in it; allowed: one line; over several lines of YAML, >- joins them",
        "accessLog: { path: stdout, format: txt, template: x }@1:36 accessLog.format: 'txt' is not one of the choices; allowed: json,"
                + " text; did you mean 'text'?",
        "memory: { readBuffer: 16MB, pool: 1KiB, stash: 1KiB }@1:23 memory.readBuffer: '16MB' is not a size; allowed: a size from 1KiB to"
                + " 16MiB, such as 512, 64KiB, 10MiB or 1GiB; did you mean '16MiB'?",
        "runtime: { eventLoops: 1025 }@1:24 runtime.eventLoops: 1025 is out of range; allowed: a whole number from 1 to 1024",
        "runtime: { transport: uring }@1:23 runtime.transport: 'uring' is not one of the choices; allowed: auto, epoll, nio",
        "runtime: { drainTimeout: 25h }@1:26 runtime.drainTimeout: '25h' is out of range; allowed: a duration from 0s to 24h, such as"
                + " 250ms, 3s, 5m or 1h",
        "memory: { readBuffer: 1023 }@1:23 memory.readBuffer: '1023' is out of range; allowed: a size from 1KiB to 16MiB, such as 512,"
                + " 64KiB, 10MiB or 1GiB",
        "memory: { pool: 2048GiB }@1:17 memory.pool: '2048GiB' is out of range; allowed: a size from 1KiB to 1024GiB, such as 512,"
                + " 64KiB, 10MiB or 1GiB",
        "limits: { maxConnections: 0 }@1:27 limits.maxConnections: 0 is out of range; allowed: a whole number from 1 to 10000000",
        "admin: {}@1:8 admin: the key 'listen' is missing: an address, such as \"127.0.0.1:9901\"",
        "admin:@1:7 admin: the key 'listen' is missing: an address, such as \"127.0.0.1:9901\"",
        "admin: { listen: \"10.0.0.1:9901\" }@1:18 admin.listen: '10.0.0.1:9901'" + OPEN,
        "admin: { listen: \"0.0.0.0:9901\" }@1:18 admin.listen: '0.0.0.0:9901'" + OPEN
                + "; did you mean '127.0.0.1:9901'?",
        "admin: { listen: \"[::]:9901\" }@1:18 admin.listen: '[::]:9901'" + OPEN + "; did you mean '127.0.0.1:9901'?",
        "admin: { listen: \"0.0.0.0:9901\", tokenFile: \"\" }@1:45 admin.tokenFile: this path is empty; allowed: the path of a file",
        "accessLog: { format: json }@1:12 accessLog: the key 'path' is missing: stdout, or the path of a file",
        "accessLog: { path: stdout, format: xml }@1:36 accessLog.format: 'xml' is not one of the choices; allowed: json, text",
        "accessLog: { path: \"\" }@1:20 accessLog.path: this path is empty; allowed: the path of a file",
        "accessLog: { path: stdout, events: [begin] }@1:37 accessLog.events[0]: 'begin' is not one of the choices; allowed: start,"
                + " periodic, end",
        "accessLog: { path: stdout, events: [] }@1:36 accessLog.events: this list is empty; allowed: at least one element; or remove"
                + " the key",
        "accessLog: { path: stdout, every: 999ms }@1:35 accessLog.every: '999ms' is out of range; allowed: a duration from 1s to 24h,"
                + " such as 250ms, 3s, 5m or 1h",
        "runtime: { drainDelay: 61m }@1:24 runtime.drainDelay: '61m' is out of range; allowed: a duration from 0s to 1h, such as 250ms,"
                + " 3s, 5m or 1h",
        "accessLog: { path: stdout, template: x }@1:38 accessLog.template: a template has no meaning with format json; allowed: template"
                + " only with format: text"})
    void refused(String line, String expected) {
        assertEquals(List.of("c.yaml:" + expected), TestingConfig.problems(with(line)));
    }

    @Test
    void anAccessLogTemplateIsReadWithTheConfiguration() {
        List<String> problems = TestingConfig
                .problems(with("accessLog: { path: stdout, format: text, template: $nope }"));
        assertEquals(1, problems.size());
        assertTrue(
                problems.getFirst().startsWith("c.yaml:1:52 accessLog.template: ")
                        && problems.getFirst().contains("$close_reason"),
                problems.getFirst());
    }

    @Test
    void thePoolHoldsFourReadBuffersForEachLoop() {
        String enough = "runtime: { eventLoops: 4 }\nmemory: { readBuffer: 1MiB, pool: 16MiB, stash: 4MiB }";
        assertEquals(16 << 20, load(enough).memory().pool().bytes());
        assertEquals(List.of(
                "c.yaml:2:35 memory.pool: pool 16383KiB is too small for 4 event loops with a readBuffer of 1MiB; allowed: pool of at least"
                        + " 16MiB = 4 × eventLoops × readBuffer; did you mean '16MiB'?",
                "c.yaml:2:52 memory.stash: stash 4095KiB is too small for 4 event loops with a readBuffer of 1MiB; allowed: stash of at"
                        + " least 4MiB = 1 × eventLoops × readBuffer; did you mean '4MiB'?"),
                TestingConfig
                        .problems(with(enough.replace("16MiB", "16383KiB").replace("stash: 4MiB", "stash: 4095KiB"))));
    }

    @Test
    void thereAreNoPipesOrOneForEachLoop() {
        String loops = "runtime: { eventLoops: 4 }\n";
        assertEquals(32 << 20, load(loops).memory().pipes().bytes());
        assertEquals(0, load(loops + "memory: { pipes: 0 }").memory().pipes().bytes());
        assertEquals(4 << 20, load(loops + "memory: { pipes: 4MiB }").memory().pipes().bytes());
        assertEquals(100 << 20, load("runtime: { eventLoops: 100 }").memory().pipes().bytes());
        assertEquals(List.of(
                "c.yaml:2:18 memory.pipes: pipes 4095KiB is less than one pipe of 1MiB for each of 4 event loops; allowed: pipes of at"
                        + " least 4MiB, or 0 to always copy bytes; did you mean '4MiB'?"),
                TestingConfig.problems(with(loops + "memory: { pipes: 4095KiB }")));
    }

    @Test
    void aReadBufferThatIsTooLargeForTheDefaultsIsItself() {
        assertEquals(List.of(
                "c.yaml:2:23 memory.readBuffer: pool 64MiB is too small for 4 event loops with a readBuffer of 16MiB; allowed: pool of at"
                        + " least 256MiB = 4 × eventLoops × readBuffer",
                "c.yaml:2:23 memory.readBuffer: stash 32MiB is too small for 4 event loops with a readBuffer of 16MiB; allowed: stash of at"
                        + " least 64MiB = 1 × eventLoops × readBuffer"),
                TestingConfig.problems(with("runtime: { eventLoops: 4 }\nmemory: { readBuffer: 16MiB }")));
    }

    @Test
    void accepted() {
        assertEquals(TransportKind.NIO, load("runtime: { transport: nio }").runtime().transport());
        assertEquals(Optional.of(new AccessLogConfig(LogTarget.Stream.STDOUT, AccessLogConfig.Format.JSON,
                Optional.empty(), List.of(AccessEvent.END), Duration.ofMinutes(5), false, ConfigPlace.NONE)),
                load("accessLog: { path: stdout }").accessLog());
        assertEquals(Optional.of(new AccessLogConfig(new LogTarget.File(Path.of("a.log").toAbsolutePath()),
                AccessLogConfig.Format.TEXT, Optional.empty(), List.of(AccessEvent.START), Duration.ofHours(1), true,
                ConfigPlace.NONE)),
                load("accessLog: { path: a.log, format: text, events: start, every: 1h, skipEmpty: true }")
                        .accessLog());
    }

    @Test
    void skipEmptyLeavesOutNoLineOfTheStart() {
        String log = "accessLog: { path: stdout, skipEmpty: true, events: [start, end] }";
        assertEquals(List.of("c.yaml:1:39 accessLog.skipEmpty: a connection without a byte still has its line of the"
                + " event start, which is written before that is known"), TestingConfig.warnings(with(log)));
        assertEquals(List.of(), TestingConfig.warnings(with(log.replace("start, ", "periodic, "))));
    }

    /** Field case 20. */
    @ParameterizedTest
    @CsvSource({"stdout,STDOUT", "\"-\",STDOUT", "/dev/stdout,STDOUT", "/dev/fd/1,STDOUT", "/proc/self/fd/1,STDOUT",
        "stderr,STDERR", "/dev/stderr,STDERR", "/dev/fd/2,STDERR", "/proc/self/fd/2,STDERR"})
    void theNamesOfAStream(String path, LogTarget.Stream stream) {
        assertEquals(stream, load("accessLog: { path: " + path + " }").accessLog().orElseThrow().path());
    }

    /** Field case 20. */
    @Test
    void aRelativePathOfTheAccessLogStartsAtTheFileThatSaysIt(@TempDir Path directory) throws Exception {
        Path main = Files.writeString(directory.resolve("main.yaml"), with("include: sub/log.yaml"));
        Files.createDirectory(directory.resolve("sub"));
        for (Map.Entry<String, String> path : Map.of("access.log", "sub/access.log", "../a/./b.log", "a/b.log",
                "./stdout", "sub/stdout").entrySet()) {
            Files.writeString(directory.resolve("sub/log.yaml"), "accessLog: { path: " + path.getKey() + " }");
            assertEquals(new LogTarget.File(directory.resolve(path.getValue())),
                    new ConfigLoader(Map.of()).load(main, FilterSource.NONE)
                            .configuration().accessLog().orElseThrow().path());
        }
        Files.writeString(directory.resolve("sub/log.yaml"), "accessLog: { path: /var/log/a.log }");
        assertEquals(new LogTarget.File(Path.of("/var/log/a.log")),
                new ConfigLoader(Map.of()).load(main, FilterSource.NONE)
                        .configuration().accessLog().orElseThrow().path());
    }

    @Test
    void boundsThatAreSetAndDoNotFitAreAWarningWithTheSum() {
        List<String> warnings = TestingConfig.warnings("""
                memory: { pool: 512GiB, stash: 512GiB }
                listeners: [ { name: a, listen: "127.0.0.1:0", cluster: web } ]
                clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:1" } ] } ]
                """);
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.getFirst().startsWith("c.yaml:1:9 memory: pool 524288MiB + stash 524288MiB + pipes "),
                warnings::toString);
    }

    @Test
    void anEmptyConfiguration() {
        String noListener = "there is no listener; allowed: at least one, as in - { name: edge, listen: \"0.0.0.0:443\", cluster: web }";
        assertEquals(List.of("c.yaml:1:1 listeners: " + noListener), TestingConfig.problems(""));
        assertEquals(List.of("c.yaml:1:1 listeners: " + noListener), TestingConfig.problems("# nothing\n"));
        assertEquals(List.of("c.yaml:2:11 listeners: " + noListener),
                TestingConfig.problems("limits: {}\nlisteners:\n"));
        assertEquals(List.of("c.yaml:1:1: this is the value 'listeners'; allowed: a mapping, as in key: value",
                "c.yaml:1:1 listeners: " + noListener), TestingConfig.problems("listeners\n"));
    }

    @Test
    void withATokenOtherMachinesMayReachTheAdminInterface() {
        AdminConfig admin = load("admin: { listen: \"0.0.0.0:9901\", tokenFile: secrets/token }").admin().orElseThrow();
        assertFalse(admin.isLocal());
        assertEquals(Optional.of(Path.of("secrets/token").toAbsolutePath()), admin.tokenFile());
        for (String local : List.of("127.3.2.1:9901", "[::1]:0", "unix:/run/admin.sock")) {
            assertTrue(load("admin: { listen: \"" + local + "\" }").admin().orElseThrow().isLocal(), local);
        }
    }

    @Test
    void theAdminSectionIsReadWhateverIsWrongElsewhere(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                admin: { listen: "127.0.0.1:9901", tokenFile: token }
                listeners: [ { nam: edge } ]
                nonsense: true
                """);
        AdminConfig admin = new ConfigLoader(Map.of()).admin(file).orElseThrow();
        assertEquals(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9901), admin.listen());
        assertEquals(Optional.of(directory.resolve("token")), admin.tokenFile());

        Files.writeString(file, "include: more.yaml\n");
        Path more = Files.writeString(directory.resolve("more.yaml"), "admin: { listen: \"unix:/run/a.sock\" }\n");
        assertEquals(UnixDomainSocketAddress.of("/run/a.sock"),
                new ConfigLoader(Map.of()).admin(file).orElseThrow().listen());
        Files.writeString(more, "listeners: []\n");
        assertEquals(Optional.empty(), new ConfigLoader(Map.of()).admin(file));

        Files.writeString(file, "admin: { listen: \"0.0.0.0:9901\" }\nlisteners: 1\n");
        assertEquals(List.of(file + ":1:18 admin.listen: '0.0.0.0:9901'" + OPEN + "; did you mean '127.0.0.1:9901'?"),
                problemsOfAdmin(file));
        Files.writeString(file, "admin: { listen: 9901 }\n");
        assertTrue(problemsOfAdmin(file).getFirst().startsWith(file + ":1:18 admin.listen: "));
        Files.writeString(file, "admin: { listen: \n");
        assertTrue(problemsOfAdmin(file).getFirst().startsWith(file + ":"));
        Files.writeString(file, "include: gone.yaml\n");
        assertTrue(problemsOfAdmin(file).getFirst().contains("gone.yaml"));
        Files.delete(file);
        assertTrue(problemsOfAdmin(file).getFirst().contains("no such file"));
    }

    private static List<String> problemsOfAdmin(Path file) {
        return TestingConfig.firstLines(assertThrows(ProblemsException.class,
                () -> new ConfigLoader(Map.of()).admin(file)).problems());
    }

    @Test
    void theTextsOfAllFilesAreKeptAsTheyAreWritten(@TempDir Path directory) throws Exception {
        String main = with("include: [more.yaml]\nlimits: { maxConnections: \"${SECRET}\" }");
        String more = "runtime: { drainTimeout: 1s } # ${SECRET}\n";
        Path file = Files.writeString(directory.resolve("c.yaml"), main);
        Files.writeString(directory.resolve("more.yaml"), more);
        assertEquals(List.of(new ConfigFileView(file.toString(), main),
                new ConfigFileView(directory.resolve("more.yaml").toString(), more)),
                new ConfigLoader(Map.of("SECRET", "77")).load(file, plugins -> FilterCatalog.EMPTY).files());
    }

    @Test
    void durationsFromElsewhereAreThoseOfAConfiguration() {
        assertEquals(Duration.ofMinutes(30), Durations.read("30m", Duration.ZERO, Duration.ofHours(1)));
        assertEquals(Duration.ZERO, Durations.read("0s", Duration.ZERO, Duration.ofHours(1)));
        assertEquals("'30' has no unit; allowed: a duration from 0s to 1h, such as 250ms, 3s, 5m or 1h;"
                + " did you mean '30s'?",
                assertThrows(IllegalArgumentException.class,
                        () -> Durations.read("30", Duration.ZERO, Duration.ofHours(1))).getMessage());
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> Durations.read("2h", Duration.ZERO, Duration.ofHours(1))).getMessage())
                .startsWith("'2h' is out of range; allowed: a duration from 0s to 1h"));
    }
}
