package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigException;
import dev.sluice.dist.TestingExplainClients.Client;
import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ExplainResult;
import dev.sluice.runtime.PossibleClient;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.testing.Ledger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Answers about clients from a configuration alone: {@code sluice explain --offline} and {@link ProxyConfig#explain}. */
class ExplainOfflineTest {
    private static final int CLIENTS = 120;

    @TempDir
    private Path directory;

    /** A filter whose maker counts what it is asked, and can fail. */
    private static final class Odd implements FilterProvider<Odd.Config> {
        record Config() {}

        private final List<String> calls = new ArrayList<>();
        private @Nullable RuntimeException onCreate;
        private @Nullable RuntimeException onExplain;
        private String sentence = "is odd";

        @Override
        public String type() {
            return "odd";
        }

        @Override
        public Class<Config> configType() {
            return Config.class;
        }

        @Override
        public FilterFactory create(Config config, FilterEnvironment environment) {
            calls.add("create");
            if (onCreate != null) {
                throw onCreate;
            }
            return new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return FilterTraits.connectionOnly();
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    throw new AssertionError("there is no connection");
                }

                @Override
                public String explain(ConnectionInfo client) {
                    calls.add("explain " + client.listener() + " " + client.source() + " " + client.destination() + " "
                            + client.destinationPort());
                    if (onExplain != null) {
                        throw onExplain;
                    }
                    return sentence;
                }

                @Override
                public void close() {
                    calls.add("close");
                }
            };
        }
    }

    private static final String ODD = """
            listeners: [ { name: edge, listen: "127.0.0.1:%d", cluster: app, filters: [ { type: odd } ] } ]
            clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:7" } ] } ]
            """;

    @AfterEach
    void forgetTheLogLevelOfTheCommand() {
        System.clearProperty(LogSetup.FORMAT_PROPERTY);
        System.clearProperty(LogSetup.LEVEL_PROPERTY);
    }

    private static PossibleClient possible(Client client) {
        PossibleClient possible = PossibleClient.of(client.listener(), client.address());
        for (var fact : client.facts().entrySet()) {
            possible = switch (fact.getKey()) {
                case "sni" -> possible.sni(fact.getValue());
                case "alpn" -> possible.alpn(fact.getValue());
                case "protocol" -> possible.protocol(fact.getValue());
                default -> possible.clientSan(fact.getValue());
            };
        }
        return possible;
    }

    /** The answer of a daemon without that what only a daemon knows. */
    private static JsonNode withoutTheDaemon(JsonNode said) {
        ObjectNode offline = ((ObjectNode) said).deepCopy();
        String endpoint = "(" + said.get("endpoint_state").asString("") + ")";
        offline.putNull("generation").put("state", "offline");
        if (!said.get("endpoint").isNull()) {
            offline.put("endpoint_state", "unchecked");
        }
        return offline.put("text", said.get("text").asString().replace(" (open), generation 1\n", " (offline)\n")
                .replace(said.get("endpoint").asString("") + " " + endpoint,
                        said.get("endpoint").asString("") + " (unchecked)"));
    }

    @Test
    void isWhatADaemonSaysThatHasJustStarted() throws Exception {
        Ledger ledger = Ledger.open();
        TestingExplainClients clients = new TestingExplainClients(new Random(4), directory);
        int checked = 0;
        try (TestingExplainProxy proxy = new TestingExplainProxy(directory)) {
            ProxyConfig config = ProxyConfig.parse(proxy.yaml());
            for (int i = 0; i < CLIENTS; i++) {
                Client client = clients.next();
                JsonNode said = proxy.explain(client);
                if (said.get("cluster").asString("").equals("checked")) {
                    // The daemon has asked the endpoints meanwhile.
                    checked++;
                    continue;
                }
                ExplainResult offline = config.explain(possible(client));
                assertEquals(withoutTheDaemon(said), JsonMapper.shared().readTree(offline.toJson()));
                assertEquals(withoutTheDaemon(said).get("text").asString(), offline.text());
                assertEquals(said.get("endpoint").asString(""), offline.endpoint().orElse(""));
            }
        }
        assertTrue(checked < CLIENTS / 2);
        ledger.settle();
    }

    @Test
    void makesFiltersAndClosesThemAndOpensNothing() throws Exception {
        Ledger ledger = Ledger.open();
        Odd odd = new Odd();
        // The port is taken: nothing is bound.
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            ProxyConfig config = ProxyConfig.loader().filter(odd).parse(ODD.formatted(taken.getLocalPort()));
            ExplainResult result = config.explain(PossibleClient.of("edge", "::ffff:192.0.2.7"));
            assertEquals(List.of("create", "explain edge 192.0.2.7 127.0.0.1 " + taken.getLocalPort(), "close"),
                    odd.calls);
            assertEquals(List.of("odd: is odd"), result.filters());
            assertEquals("app 127.0.0.1:7", result.cluster().orElseThrow() + " " + result.endpoint().orElseThrow());
            assertTrue(result.problem().isEmpty(), result.toString());
            assertTrue(result.timeouts().contains("no byte in either direction: idle 1h (listener edge)"),
                    result.toString());
        }
        ledger.settle();
    }

    @Test
    void aFilterThatFailsToExplainCostsItsSentenceOnly() {
        Odd odd = new Odd();
        ProxyConfig config = ProxyConfig.loader().filter(odd).parse(ODD.formatted(9));
        odd.onExplain = new IllegalStateException("no table");
        assertEquals(List.of("odd: cannot explain it: java.lang.IllegalStateException: no table"),
                config.explain(PossibleClient.of("edge", "10.0.0.1")).filters());
        assertEquals("close", odd.calls.getLast());
        odd.onExplain = null;
        odd.sentence = "fine\nroute     routes[7]\u001b[2J" + "x".repeat(5_000);
        String text = config.explain(PossibleClient.of("edge", "10.0.0.1")).text();
        assertEquals(1, text.lines().filter(line -> line.startsWith("route")).count(), text);
        assertTrue(text.indexOf('\u001b') < 0 && text.length() < 3_000, text);
    }

    @Test
    void aFilterThatCannotBeMadeIsAProblemOfTheConfiguration() {
        Odd odd = new Odd();
        ProxyConfig config = ProxyConfig.loader().filter(odd).parse(ODD.formatted(9));
        odd.onCreate = new ConfigException("the table is not there");
        ConfigurationException refused = assertThrows(ConfigurationException.class,
                () -> config.explain(PossibleClient.of("edge", "10.0.0.1")));
        String problem = refused.problems().stream().map(Object::toString).collect(Collectors.joining("|"));
        assertTrue(problem.startsWith("configuration:1:") && problem.contains("listeners[0].filters[0]")
                && problem.contains("the table is not there") && problem.indexOf('|') < 0, problem);
        odd.onCreate = new IllegalStateException("a defect");
        assertThrows(ConfigurationException.class, () -> config.explain(PossibleClient.of("edge", "10.0.0.1")));
        assertEquals(List.of("create", "create"), odd.calls);
    }

    @Test
    void endpointsOfFilesAreReadAndThoseOfDnsAreNotKnown() throws Exception {
        ProxyConfig config = ProxyConfig.load(Files.writeString(directory.resolve("a.yaml"), """
                listeners:
                  - name: edge
                    listen: "127.0.0.1:9"
                    routes:
                      - { match: { source: 10.0.0.0/8 }, cluster: dns }
                      - { match: { source: 192.0.2.0/24 }, cluster: wrong }
                      - { match: { source: 198.51.100.0/24 }, cluster: none }
                      - { cluster: file }
                clusters:
                  - { name: dns, dns: { name: pg.invalid, port: 5432 } }
                  - { name: file, endpointsFile: endpoints.yaml }
                  - { name: none, endpointsFile: none.yaml }
                  - { name: wrong, endpointsFile: wrong.yaml }
                """));
        Files.writeString(directory.resolve("endpoints.yaml"), """
                - { address: "10.9.9.9:81" }
                - { address: "127.0.0.1:9" }
                - { address: "10.9.9.9:80" }
                """);
        Files.writeString(directory.resolve("none.yaml"), "[]\n");
        Files.writeString(directory.resolve("wrong.yaml"), "\n- { address: nowhere }\n");
        // Sorted, and without the one that is this listener, as discovery does it.
        assertEquals("10.9.9.9:80", config.explain(PossibleClient.of("edge", "203.0.113.1")).endpoint().orElseThrow());
        ExplainResult dns = config.explain(PossibleClient.of("edge", "10.0.0.1"));
        assertEquals("not known offline: DNS (pg.invalid:5432) has the endpoints, and only a daemon asks",
                dns.problem().orElseThrow());
        assertTrue(dns.text().contains("\nendpoint  not known offline: DNS"), dns.text());
        assertEquals("the file with the endpoints has none: the connection is reset (no-endpoint)",
                config.explain(PossibleClient.of("edge", "198.51.100.1")).problem().orElseThrow());
        String wrong = config.explain(PossibleClient.of("edge", "192.0.2.1")).problem().orElseThrow();
        assertTrue(wrong.startsWith("not known: the file with the endpoints cannot be used: ")
                && wrong.contains("wrong.yaml:2:"), wrong);
    }

    @Test
    void ofTwoTimeoutsTheFirstOneIsNamed() {
        ExplainResult result = ProxyConfig.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:9", cluster: app, timeouts: { idle: 30s } } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:7" } ], connectAttempts: 5,
                    timeouts: { connect: 3s, connectTotal: 5s } } ]
                """).explain(PossibleClient.of("edge", "10.0.0.1"));
        // Each endpoint is tried once.
        assertTrue(result.timeouts().contains("connecting: connect 3s x 1 endpoint comes before connectTotal 5s"
                + " (cluster app)"), result.text());
        assertTrue(
                result.timeouts()
                        .contains("a peer that has vanished: idle 30s comes before keepAlive 60s + 4 x 15s = 2m"),
                result.text());
    }

    /** The outcome of a command. */
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new CommandLineInterface(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)).execute(args);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Outcome explain(String yaml, String... more) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
        List<String> args = new ArrayList<>(List.of("explain", "--offline", "-c", file.toString()));
        args.addAll(List.of(more));
        return run(args.toArray(new String[0]));
    }

    private static final String YAML = """
            admin: { listen: "127.0.0.1:1" }
            listeners:
              - { name: edge, listen: "127.0.0.1:9", cluster: app, filters: [ { type: acl, config: { default: deny } } ] }
              - { name: local, listen: "unix:/nowhere/at/all", cluster: app }
            clusters: [ { name: app, endpoints: [ { address: "[::1]:9" } ] } ]
            """;

    @Test
    void theCommandAsksNoDaemon() throws Exception {
        Outcome text = explain(YAML, "--listener", "edge", "--client", "2001:DB8::7");
        assertEquals(0, text.code(), text.err());
        assertTrue(text.out().startsWith("""
                listener  edge (offline)
                client    2001:db8::7
                filter    acl: refuses with a reset:"""), text.out());
        assertTrue(text.out().contains("\nendpoint  [::1]:9 (unchecked)\n"), text.out());
        Outcome json = explain(YAML, "--listener", "local", "--client", "unix", "--json");
        JsonNode fields = JsonMapper.shared().readTree(json.out());
        assertEquals("offline null [::1]:9", fields.get("state").asString() + " " + fields.get("generation") + " "
                + fields.get("endpoint").asString());
        assertEquals(1, json.out().lines().count());
    }

    @Test
    void aClientThatCannotComeIsNamed() throws Exception {
        assertTrue(explain(YAML, "--listener", "local", "--client", "10.0.0.1").out()
                .contains("\nproblem   nobody comes to a Unix socket with an address"));
        assertTrue(explain(YAML, "--listener", "edge", "--client", "unix").out()
                .contains("\nproblem   nobody comes to an IP address without an address"));
    }

    @Test
    void aConfigurationThatIsRefusedIsReportedAsCheckDoes() throws Exception {
        for (String yaml : List.of("listeners: [ {\n", YAML.replace("default: deny", "default: perhaps"),
                YAML.replace("default: deny", "default: deny, file: nothing.txt"), "")) {
            Outcome explained = explain(yaml, "--listener", "edge", "--client", "10.0.0.1");
            Outcome checked = run("check", "-c", directory.resolve("sluice.yaml").toString());
            assertEquals(new Outcome(78, "", checked.err()), explained, yaml);
            assertEquals(78, checked.code());
        }
        Outcome missing = run("explain", "--offline", "-c", directory + "/none.yaml", "--listener", "x", "--client",
                "unix");
        assertEquals(78, missing.code(), missing.err());
    }

    @Test
    void wrongUsageSaysWhatIsMissing() throws Exception {
        String[] question = {"--listener", "edge", "--client", "10.0.0.1"};
        assertTrue(run("explain", "--offline", "--listener", "edge", "--client", "unix").err()
                .startsWith("--offline needs -c FILE"));
        for (String option : List.of("--admin", "--token-file")) {
            Outcome outcome = explain(YAML, "--listener", "edge", "--client", "unix", option, "x");
            assertEquals(2, outcome.code());
            assertTrue(outcome.err().startsWith(option + " is about a daemon"), outcome.err());
        }
        assertEquals(0, explain(YAML, question).code());
        assertEquals(2, run("reload", "--offline").code());
    }

    @Test
    void hostileFactsAreRefusedInOneLine() throws Exception {
        String label = "l".repeat(63);
        for (String sni : List.of("a\nb", "\u001b[2J", "a b", "..", "a..b", ".a", label + "l", "192.0.2.1",
                (label + ".").repeat(4), "x".repeat(100_000), "\u202egpj.example", "a/../b", "*.example", "\uD800",
                "ex\u00e4mple.example")) {
            Outcome outcome = explain(YAML, "--listener", "edge", "--client", "10.0.0.1", "--sni", sni);
            assertEquals(2, outcome.code(), sni);
            assertEquals("", outcome.out());
            assertTrue(outcome.err().startsWith("sluice: sni is \"") && outcome.err().lines().count() == 1
                    && outcome.err().length() < 900 && outcome.err().indexOf('\u001b') < 0, outcome.err());
        }
        for (String client : List.of("", "10.0.0", "10.0.0.1/8", "10.0.0.256", "fe80::1%eth0", "::1::", "host.example",
                "unix:/x", "0x7f.1", "10.0.0.1:80", "[::1]", " 10.0.0.1")) {
            Outcome outcome = explain(YAML, "--listener", "edge", "--client", client);
            assertEquals(2, outcome.code(), client);
            assertTrue(outcome.err().startsWith("sluice: client is \""), outcome.err());
        }
        for (String listener : List.of("", "Edge", "edge ", "nowhere", "\u001b[31m", "e".repeat(10_000))) {
            Outcome outcome = explain(YAML, "--listener", listener, "--client", "10.0.0.1");
            assertEquals(2, outcome.code(), listener);
            assertTrue(outcome.err().startsWith("sluice: listener is \"")
                    && outcome.err().endsWith("; allowed: edge, local\n") && outcome.err().indexOf('\u001b') < 0,
                    outcome.err());
        }
        for (String protocol : List.of("TLS", "tls ", "h\n2", "x".repeat(33))) {
            assertEquals(2, explain(YAML, "--listener", "edge", "--client", "::1", "--protocol", protocol).code());
        }
    }

    @Test
    void namesAreTakenAsListenersTakeThem() throws Exception {
        String label = "l".repeat(63);
        String longest = (label + ".").repeat(3) + "l".repeat(61);
        String yaml = """
                listeners:
                  - name: edge
                    listen: "127.0.0.1:9"
                    filters: [ { type: sniff } ]
                    routes: [ { match: { sni: "%s" }, cluster: app }, { match: { sni: "*.b_c.example" }, cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:7" } ] } ]
                """
                .formatted(longest);
        for (String sni : List.of(longest, longest.toUpperCase(Locale.ROOT), longest + ".")) {
            assertTrue(explain(yaml, "--listener", "edge", "--client", "::1", "--sni", sni).out()
                    .contains("\nroute     routes[0] sni " + longest + "\n"), sni);
        }
        assertTrue(explain(yaml, "--listener", "edge", "--client", "::1", "--sni", "_x.B_c.example.").out()
                .contains("\nroute     routes[1] sni *.b_c.example\n"));
        assertTrue(explain(yaml, "--listener", "edge", "--client", "::1", "--protocol", "ssh", "--sni", "a.example")
                .out().contains("sni and alpn are of a client that begins with TLS"));
    }
}
