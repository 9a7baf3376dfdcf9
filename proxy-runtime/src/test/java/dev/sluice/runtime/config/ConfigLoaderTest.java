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
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ConnectionsEnd;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.LimitsConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.Percentage;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.ReceivedProxyHeader;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.config.model.RuntimeConfig.FilterChecks;
import dev.sluice.runtime.config.model.RuntimeConfig.TransportKind;
import dev.sluice.runtime.config.model.SentProxyHeader;
import dev.sluice.runtime.config.model.TlsConfig;
import dev.sluice.runtime.config.model.TrustedSource;
import dev.sluice.runtime.observe.AccessEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigLoaderTest {
    private static final ListenerConfig.KeepAlive KEEPALIVE = new ListenerConfig.KeepAlive(Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            4);

    private static InetSocketAddress inet(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    private static List<RouteConfig> to(String cluster) {
        return List.of(route(null, cluster));
    }

    private static RouteConfig route(RouteConfig.@Nullable Match match, String cluster) {
        return new RouteConfig(Optional.ofNullable(match), cluster, ConfigPlace.NONE);
    }

    private static ByteSize size(long bytes) {
        return new ByteSize(bytes);
    }

    /** A configuration of a filter that {@code full.yaml} has. */
    record Greeting(String greeting, List<Duration> pauses) {}

    private static final FilterCatalog FILTERS = TestingProvider.catalog(
            new TestingProvider<>("greeter", Greeting.class), TestingProvider.of("sniff"));

    @Test
    void everythingThatCanBeWritten() {
        ConfigLoader.Loaded loaded = TestingConfig.load(TestingConfig.resource("full.yaml"), FILTERS);
        List<FilterConfig> filters = loaded.configuration().listeners().getFirst().filters();
        assertEquals(List.of("sniff", "hello", "greeter", "greeter-2"),
                filters.stream().map(FilterConfig::name).toList());
        assertEquals(List.of(new TestingProvider.Nothing(),
                new Greeting("220 ready", List.of(Duration.ofMillis(250), Duration.ofSeconds(3))),
                new Greeting("hi", List.of(Duration.ofSeconds(1))), new Greeting("", List.of())),
                filters.stream().map(FilterConfig::config).toList());
        assertEquals(
                new FilterConfig.Quarantine(5, Duration.ofSeconds(30), Duration.ofMinutes(5),
                        FilterConfig.Action.BYPASS),
                filters.get(1).quarantine().orElseThrow());
        assertEquals(FILTERS.providers().get("greeter"), filters.get(1).provider());
        assertEquals("greeter", filters.get(1).type());

        ListenerConfig.Timeouts slow = new ListenerConfig.Timeouts(Duration.ofHours(2), Duration.ofSeconds(90),
                Duration.ofMillis(250), Duration.ofMinutes(1), Duration.ofSeconds(20), Duration.ZERO,
                new Percentage(10));
        Configuration expected = new Configuration(List.of(),
                new PluginsConfig(Optional.of(Path.of("more/plugins")), PluginsConfig.Broken.REFUSE, ConfigPlace.NONE),
                new RuntimeConfig(2, TransportKind.AUTO, Duration.ofSeconds(45), Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        FilterChecks.PARANOID,
                        ConfigPlace.NONE),
                new MemoryConfig(size(32 << 10), size(16 << 20), size(1 << 30), size(8 << 20), ConfigPlace.NONE),
                new LimitsConfig(Optional.of(9500), ConfigPlace.NONE),
                new TlsConfig(TlsConfig.Engine.JDK, ConfigPlace.NONE),
                Optional.of(new AdminConfig(inet("127.0.0.1", 9901), Optional.empty(), AdminConfig.Capture.HEADERS,
                        ConfigPlace.NONE)),
                Optional.of(new AccessLogConfig(new LogTarget.File(Path.of("/var/log/sluice.log")),
                        AccessLogConfig.Format.TEXT, Optional.of("$time $client \"é\" $endpoint"),
                        List.of(AccessEvent.PERIODIC, AccessEvent.END), Duration.ofMinutes(1), true,
                        ConfigPlace.NONE)),
                List.of(
                        new ListenerConfig("edge", inet("0.0.0.0", 443), Optional.of(5000),
                                Optional.of(new ReceivedProxyHeader(
                                        List.of(TrustedSource.parse("10.0.0.0/8"), TrustedSource.parse("2001:db8::1")),
                                        Duration.ofSeconds(1), size(4096), ConfigPlace.NONE)),
                                Optional.empty(),
                                filters,
                                Optional.empty(),
                                List.of(route(
                                        new RouteConfig.Match(List.of("tls"),
                                                List.of("api.example.com", "*.example.com"),
                                                List.of("h2", "http/1.1"),
                                                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"))),
                                        "web"),
                                        route(new RouteConfig.Match(List.of("ssh"), List.of(), List.of(), List.of()),
                                                "pg"),
                                        route(null, "web")),
                                slow,
                                new ListenerConfig.Socket(false,
                                        Optional.of(new ListenerConfig.KeepAlive(Duration.ofSeconds(30),
                                                Duration.ofSeconds(5), 3)),
                                        Optional.of(Duration.ofSeconds(30)), 128, false),
                                ConfigPlace.NONE),
                        new ListenerConfig("pg", inet("2001:db8::1", 5432), Optional.empty(), Optional.empty(),
                                Optional.empty(), List.of(),
                                Optional.empty(), to("pg"), slow,
                                new ListenerConfig.Socket(true, Optional.empty(), Optional.empty(), 4096, false),
                                ConfigPlace.NONE),
                        new ListenerConfig("local", UnixDomainSocketAddress.of("/run/sluice/local.sock"),
                                Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(),
                                to("pg"),
                                new ListenerConfig.Timeouts(Duration.ofHours(1), Duration.ofMinutes(10),
                                        Duration.ofMinutes(1),
                                        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ZERO,
                                        new Percentage(10)),
                                new ListenerConfig.Socket(true, Optional.of(KEEPALIVE), Optional.empty(), 4096, false),
                                ConfigPlace.NONE)),
                List.of(
                        cluster("web", LoadBalancing.LEAST_CONNECTIONS,
                                new ClusterConfig.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(4),
                                        ConfigPlace.NONE),
                                5,
                                Optional.of(1000),
                                List.of(new ClusterConfig.Endpoint(inet("10.0.0.1", 443), 2, Optional.of(200), false,
                                        Optional.of(new SentProxyHeader(SentProxyHeader.Version.NONE, List.of())),
                                        ConfigPlace.NONE),
                                        new ClusterConfig.Endpoint(UnixDomainSocketAddress.of("/run/app.sock"), 1,
                                                Optional.empty(), true, Optional.empty(), ConfigPlace.NONE)),
                                Optional.of(new SentProxyHeader(SentProxyHeader.Version.V2,
                                        List.of(SentProxyHeader.Tlv.AUTHORITY, SentProxyHeader.Tlv.UNIQUE_ID)))),
                        cluster("pg", LoadBalancing.ROUND_ROBIN,
                                new ClusterConfig.Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10),
                                        ConfigPlace.NONE),
                                3, Optional.empty(),
                                List.of(new ClusterConfig.Endpoint(inet("10.0.0.9", 5432), 1, Optional.empty(), false,
                                        Optional.empty(), ConfigPlace.NONE)),
                                Optional.of(new SentProxyHeader(SentProxyHeader.Version.V1, List.of())))));
        assertEquals(expected, loaded.configuration());
        assertEquals(List.of(), loaded.warnings());
    }

    private static ClusterConfig cluster(String name, LoadBalancing loadBalancing, ClusterConfig.Timeouts timeouts,
            int connectAttempts, Optional<Integer> maxConnections, List<ClusterConfig.Endpoint> endpoints,
            Optional<SentProxyHeader> proxyProtocol) {
        return new ClusterConfig(name, loadBalancing, timeouts, connectAttempts, maxConnections,
                new ClusterConfig.Queue(0, Duration.ofSeconds(10), ConfigPlace.NONE), proxyProtocol,
                Optional.empty(), endpoints,
                Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), new Percentage(0), Duration.ZERO,
                ConnectionsEnd.KEEP, ConnectionsEnd.KEEP, ConfigPlace.NONE);
    }

    @Test
    void whatIsNotWrittenHasADefault() {
        Configuration loaded = TestingConfig.load("""
                runtime:
                memory:
                listeners: [ { name: a, listen: "127.0.0.1:0", cluster: b } ]
                clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """).configuration();
        assertEquals(new Configuration(List.of(), PluginsConfig.NONE,
                new RuntimeConfig(Runtime.getRuntime().availableProcessors(), TransportKind.AUTO,
                        Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO, FilterChecks.STANDARD, ConfigPlace.NONE),
                new MemoryConfig(size(64 << 10), size(64 << 20), size(32 << 20), size(32 << 20), ConfigPlace.NONE),
                new LimitsConfig(Optional.empty(), ConfigPlace.NONE),
                new TlsConfig(TlsConfig.Engine.AUTO, ConfigPlace.NONE), Optional.empty(), Optional.empty(),
                List.of(new ListenerConfig("a", inet("127.0.0.1", 0), Optional.empty(), Optional.empty(),
                        Optional.empty(),
                        List.of(), Optional.empty(),
                        to("b"),
                        new ListenerConfig.Timeouts(Duration.ofHours(1), Duration.ofMinutes(10), Duration.ofSeconds(60),
                                Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ZERO, new Percentage(10)),
                        new ListenerConfig.Socket(true, Optional.of(KEEPALIVE), Optional.empty(), 4096, false),
                        ConfigPlace.NONE)),
                List.of(cluster("b", LoadBalancing.ROUND_ROBIN,
                        new ClusterConfig.Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10), ConfigPlace.NONE), 3,
                        Optional.empty(),
                        List.of(new ClusterConfig.Endpoint(inet("127.0.0.1", 1), 1, Optional.empty(), false,
                                Optional.empty(), ConfigPlace.NONE)),
                        Optional.empty()))),
                loaded);
    }

    @Test
    void theWholeReport() {
        ProblemsException refused = assertThrows(ProblemsException.class,
                () -> new ConfigLoader(Map.of()).parse(TestingConfig.resource("many-problems.yaml"),
                        "many-problems.yaml", FilterSource.NONE));
        assertEquals(TestingConfig.resource("many-problems.txt"), refused.getMessage() + "\n");
    }

    @Test
    void variablesComeFromTheEnvironmentThatWasGiven() throws Exception {
        String yaml = """
                limits: { maxConnections: "${MAX}" }
                listeners: [ { name: a, listen: "127.0.0.1:${PORT:-0}", cluster: b, socket: { noDelay: "${DELAY}" } } ]
                clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """;
        Configuration loaded = new ConfigLoader(Map.of("MAX", "7", "DELAY", "false"))
                .parse(yaml, "e.yaml", FilterSource.NONE)
                .configuration();
        assertEquals(new LimitsConfig(Optional.of(7), ConfigPlace.NONE), loaded.limits());
        assertEquals(inet("127.0.0.1", 0), loaded.listeners().getFirst().listen());
        assertFalse(loaded.listeners().getFirst().socket().noDelay());

        ProblemsException refused = assertThrows(ProblemsException.class,
                () -> new ConfigLoader(Map.of("MAX", "lots", "DELAY", "false", "PORT", "99999")).parse(yaml, "e.yaml",
                        FilterSource.NONE));
        assertEquals(List.of(
                "e.yaml:1:27 limits.maxConnections: 'lots' is not a whole number (from ${MAX}); allowed: a whole number from 1 to 10000000",
                "e.yaml:2:33 listeners[0].listen: '127.0.0.1:99999': port 99999 is out of range (from ${PORT}); allowed: a port from 0 to"
                        + " 65535"),
                TestingConfig.firstLines(refused.problems()));
    }

    @Test
    void aFileThatCannotBeRead(@TempDir Path directory) {
        Path missing = directory.resolve("missing.yaml");
        assertEquals(missing + ": cannot read the file: no such file or directory",
                assertThrows(ProblemsException.class, () -> new ConfigLoader(Map.of()).load(missing, FilterSource.NONE))
                        .getMessage());
        assertEquals(directory + ": cannot read the file: Is a directory",
                assertThrows(ProblemsException.class,
                        () -> new ConfigLoader(Map.of()).load(directory, FilterSource.NONE))
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
        } catch (ProblemsException e) {
            assertFalse(e.problems().isEmpty());
            for (Problem problem : e.problems()) {
                assertTrue(problem.line() > 0 && problem.column() > 0, problem::render);
                assertEquals(file.toString(), problem.source());
            }
            return false;
        }
    }
}
