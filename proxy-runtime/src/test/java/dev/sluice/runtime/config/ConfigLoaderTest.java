package dev.sluice.runtime.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AccessLogFormat;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTimeouts;
import dev.sluice.runtime.config.model.EndpointConfig;
import dev.sluice.runtime.config.model.FilterChecks;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.KeepAliveConfig;
import dev.sluice.runtime.config.model.LimitsConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ListenerTimeouts;
import dev.sluice.runtime.config.model.LoadBalancing;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.ProxyConfiguration;
import dev.sluice.runtime.config.model.QuarantineConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.config.model.RouteMatch;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.config.model.SocketConfig;
import dev.sluice.runtime.config.model.TransportKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigLoaderTest {
    private static final KeepAliveConfig KEEPALIVE = new KeepAliveConfig(Duration.ofSeconds(60), Duration.ofSeconds(15),
            4);

    private static InetSocketAddress inet(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    private static List<RouteConfig> to(String cluster) {
        return List.of(new RouteConfig(null, cluster));
    }

    /** A configuration of a filter that {@code full.yaml} has. */
    record Greeting(String greeting, List<Duration> pauses) {}

    private static final FilterCatalog FILTERS = TestingProvider.catalog(
            new TestingProvider<>("greeter", Greeting.class), TestingProvider.of("sniff"));

    @Test
    void everythingThatCanBeWritten() {
        LoadedConfig loaded = TestingConfig.load(TestingConfig.resource("full.yaml"), FILTERS);
        List<FilterConfig> filters = loaded.configuration().listeners().getFirst().filters();
        assertEquals(List.of("sniff", "hello", "greeter", "greeter-2"),
                filters.stream().map(FilterConfig::name).toList());
        assertEquals(List.of(new TestingProvider.Nothing(),
                new Greeting("220 ready", List.of(Duration.ofMillis(250), Duration.ofSeconds(3))),
                new Greeting("hi", List.of(Duration.ofSeconds(1))), new Greeting("", List.of())),
                filters.stream().map(FilterConfig::config).toList());
        assertEquals(new QuarantineConfig(5, Duration.ofSeconds(30), Duration.ofMinutes(5), true),
                filters.get(1).quarantine());
        assertEquals(FILTERS.providers().get("greeter"), filters.get(1).provider());
        assertEquals("greeter", filters.get(1).type());

        ListenerTimeouts slow = new ListenerTimeouts(Duration.ofHours(2), Duration.ofSeconds(90),
                Duration.ofMillis(250), Duration.ofMinutes(1), Duration.ofSeconds(20));
        ProxyConfiguration expected = new ProxyConfiguration(
                new RuntimeConfig(2, TransportKind.AUTO, Duration.ofSeconds(45), FilterChecks.PARANOID),
                new MemoryConfig(32 << 10, 16 << 20, 1 << 30, 8 << 20),
                new LimitsConfig(9500),
                new AdminConfig(inet("127.0.0.1", 9901)),
                new AccessLogConfig("/var/log/sluice.log", AccessLogFormat.TEXT, "$time $client \"é\" $endpoint"),
                new PluginsConfig(Path.of("more/plugins"), true),
                List.of(
                        new ListenerConfig("edge", inet("0.0.0.0", 443), 5000, filters,
                                List.of(new RouteConfig(
                                        new RouteMatch(List.of("tls"), List.of("api.example.com", "*.example.com"),
                                                List.of("h2", "http/1.1"),
                                                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"))),
                                        "web"),
                                        new RouteConfig(new RouteMatch(List.of("ssh"), List.of(), List.of(), List.of()),
                                                "pg"),
                                        new RouteConfig(null, "web")),
                                slow,
                                new SocketConfig(false,
                                        new KeepAliveConfig(Duration.ofSeconds(30), Duration.ofSeconds(5), 3),
                                        Duration.ofSeconds(30), 128)),
                        new ListenerConfig("pg", inet("2001:db8::1", 5432), 0, List.of(), to("pg"), slow,
                                new SocketConfig(true, null, null, 4096)),
                        new ListenerConfig("local", UnixDomainSocketAddress.of("/run/sluice/local.sock"), 0, List.of(),
                                to("pg"),
                                new ListenerTimeouts(Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(1),
                                        Duration.ofSeconds(5), Duration.ofSeconds(10)),
                                new SocketConfig(true, KEEPALIVE, null, 4096))),
                List.of(
                        new ClusterConfig("web", LoadBalancing.LEAST_CONNECTIONS,
                                new ClusterTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(4)), 5, 1000,
                                List.of(new EndpointConfig(inet("10.0.0.1", 443), 2, 200, false),
                                        new EndpointConfig(UnixDomainSocketAddress.of("/run/app.sock"), 1, 0, true))),
                        new ClusterConfig("pg", LoadBalancing.ROUND_ROBIN,
                                new ClusterTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(10)), 3, 0,
                                List.of(new EndpointConfig(inet("10.0.0.9", 5432), 1, 0, false)))));
        assertEquals(expected, loaded.configuration());
        assertEquals(List.of(), loaded.warnings());
    }

    @Test
    void whatIsNotWrittenHasADefault() {
        ProxyConfiguration loaded = TestingConfig.load("""
                runtime:
                memory:
                listeners: [ { name: a, listen: "127.0.0.1:0", cluster: b } ]
                clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """).configuration();
        assertEquals(new ProxyConfiguration(
                new RuntimeConfig(Runtime.getRuntime().availableProcessors(), TransportKind.AUTO,
                        Duration.ofSeconds(30), FilterChecks.STANDARD),
                new MemoryConfig(64 << 10, 64 << 20, 32 << 20, 32 << 20), new LimitsConfig(0), null, null,
                new PluginsConfig(null, false),
                List.of(new ListenerConfig("a", inet("127.0.0.1", 0), 0, List.of(), to("b"),
                        new ListenerTimeouts(Duration.ofHours(1), Duration.ofSeconds(60), Duration.ofSeconds(60),
                                Duration.ofSeconds(5), Duration.ofSeconds(10)),
                        new SocketConfig(true, KEEPALIVE, null, 4096))),
                List.of(new ClusterConfig("b", LoadBalancing.ROUND_ROBIN,
                        new ClusterTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(10)), 3, 0,
                        List.of(new EndpointConfig(inet("127.0.0.1", 1), 1, 0, false))))),
                loaded);
    }

    @Test
    void theWholeReport() {
        ConfigProblemsException refused = assertThrows(ConfigProblemsException.class,
                () -> new ConfigLoader(Map.of()).parse(TestingConfig.resource("many-problems.yaml"),
                        "many-problems.yaml"));
        assertEquals(TestingConfig.resource("many-problems.txt"), refused.getMessage() + "\n");
    }

    @Test
    void variablesComeFromTheEnvironmentThatWasGiven() throws Exception {
        String yaml = """
                limits: { maxConnections: "${MAX}" }
                listeners: [ { name: a, listen: "127.0.0.1:${PORT:-0}", cluster: b, socket: { noDelay: "${DELAY}" } } ]
                clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """;
        ProxyConfiguration loaded = new ConfigLoader(Map.of("MAX", "7", "DELAY", "false")).parse(yaml, "e.yaml")
                .configuration();
        assertEquals(new LimitsConfig(7), loaded.limits());
        assertEquals(inet("127.0.0.1", 0), loaded.listeners().getFirst().listen());
        assertFalse(loaded.listeners().getFirst().socket().noDelay());

        ConfigProblemsException refused = assertThrows(ConfigProblemsException.class,
                () -> new ConfigLoader(Map.of("MAX", "lots", "DELAY", "false", "PORT", "99999")).parse(yaml, "e.yaml"));
        assertEquals(List.of(
                "e.yaml:1:27 limits.maxConnections: 'lots' is not a whole number (from ${MAX}); allowed: a whole number from 1 to 10000000",
                "e.yaml:2:33 listeners[0].listen: '127.0.0.1:99999': port 99999 is out of range (from ${PORT}); allowed: a port from 0 to"
                        + " 65535"),
                TestingConfig.firstLines(refused.problems()));
    }

    @Test
    void aFileThatCannotBeRead(@TempDir Path directory) {
        Path missing = directory.resolve("missing.yaml");
        assertEquals(missing + ": cannot read the file: no such file",
                assertThrows(ConfigProblemsException.class, () -> new ConfigLoader(Map.of()).load(missing))
                        .getMessage());
        assertEquals(directory + ": cannot read the file: Is a directory",
                assertThrows(ConfigProblemsException.class, () -> new ConfigLoader(Map.of()).load(directory))
                        .getMessage());
    }

    @Test
    void aTextThatIsTooLong() {
        assertEquals(List.of("c.yaml: the text has more than 4MiB; allowed: at most 4MiB"),
                TestingConfig.problems("#".repeat((4 << 20) + 1)));
    }

    /** Fault 28. */
    @Test
    void aFileCutAtAnyByte(@TempDir Path directory) throws Exception {
        byte[] whole = TestingConfig.resource("full.yaml").getBytes(StandardCharsets.UTF_8);
        int loaded = 0;
        for (int length = 0; length <= whole.length; length++) {
            loaded += loads(directory, Arrays.copyOf(whole, length)) ? 1 : 0;
        }
        // Only with the last endpoint are all clusters there.
        assertTrue(loaded >= 1 && loaded < 10, "loaded: " + loaded);
    }

    @Test
    void aFileWithAnyByteReplaced(@TempDir Path directory) throws Exception {
        byte[] whole = TestingConfig.resource("full.yaml").getBytes(StandardCharsets.UTF_8);
        byte[] replacements = "\t\n {}[]&*!|>'\"%@`:,-?#\\0\0\u0080".getBytes(StandardCharsets.ISO_8859_1);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] = replacements[i % replacements.length];
            refused += loads(directory, damaged) ? 0 : 1;
        }
        assertTrue(refused > whole.length / 4, "refused: " + refused);
    }

    private static boolean loads(Path directory, byte[] bytes) throws Exception {
        Path file = Files.write(directory.resolve("damaged.yaml"), bytes);
        try {
            new ConfigLoader(Map.of()).load(file, plugins -> FILTERS);
            return true;
        } catch (ConfigProblemsException e) {
            assertFalse(e.problems().isEmpty());
            for (ConfigProblem problem : e.problems()) {
                assertTrue(problem.line() > 0 && problem.column() > 0, problem::render);
                assertEquals(file.toString(), problem.source());
            }
            return false;
        }
    }
}
