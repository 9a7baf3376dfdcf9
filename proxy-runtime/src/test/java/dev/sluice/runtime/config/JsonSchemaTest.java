package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

class JsonSchemaTest {
    enum Side {
        LEFT,
        FAR_RIGHT
    }

    record Limits(
            @ConfigKey("default") @ConfigDescription("Where to.") Side side,
            @ConfigDefault("5s") Duration pause,
            @ConfigDefault("0.5") double share,
            @ConfigDefault("true") boolean open,
            @ConfigDefault("[left, far-right]") List<Side> sides,
            Optional<Rate> rate,
            Optional<ByteSize> burst,
            List<Cidr> sources,
            Map<String, Long> weights,
            List<Node> nodes) {
        record Node(@ConfigDefault("1") int weight, List<Node> below) {}
    }

    private static final FilterCatalog CATALOG = TestingProvider.catalog(new TestingProvider<>("limits", Limits.class),
            TestingProvider.of("sniff"), TestingProvider.of("acl"), TestingProvider.of("rate-limit"),
            new TestingProvider<>("greeter", ConfigLoaderTest.Greeting.class),
            new TestingProvider<>("defective", RecordShapesTest.HasSet.class));
    private static final String TEXT = JsonSchema.of(CATALOG);
    private static final SchemaRegistry REGISTRY = SchemaRegistry
            .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Schema SCHEMA = REGISTRY.getSchema(TEXT);
    private static final JsonMapper JSON = new JsonMapper();

    private static List<String> errors(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML).stream().map(Error::toString).toList();
    }

    @Test
    void isASchema() {
        assertEquals(List.of(), REGISTRY
                .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                .validate(TEXT, InputFormat.JSON));
        assertEquals(TEXT, JsonSchema.of(CATALOG));
    }

    @Test
    void isASchemaWithoutFilters() {
        String text = JsonSchema.of(FilterCatalog.EMPTY);
        assertEquals(List.of(), REGISTRY
                .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                .validate(text, InputFormat.JSON));
        String yaml = yaml("filters: [ { type: acl } ]");
        assertFalse(REGISTRY.getSchema(text).validate(yaml, InputFormat.YAML).isEmpty());
        assertEquals(List.of(), errors(yaml));
    }

    /** The paths of all keys, with {@code []} for a list. */
    private static void collect(JsonNode schema, String prefix, Set<String> paths) {
        schema.path("anyOf").forEach(way -> collect(way, prefix, paths));
        collectIfAny(schema.path("items"), prefix + "[]", paths);
        schema.path("properties").forEachEntry((key, property) -> {
            String path = (prefix.isEmpty() ? "" : prefix + ".") + key;
            paths.add(path);
            collect(property, path, paths);
        });
    }

    private static void collectIfAny(JsonNode schema, String prefix, Set<String> paths) {
        if (!schema.isMissingNode()) {
            collect(schema, prefix, paths);
        }
    }

    private static Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        collect(JSON.readTree(TEXT), "", paths);
        return paths;
    }

    @Test
    void knowsTheKeysThatTheReadersKnow() {
        String yaml = """
                zz: 0
                runtime: { zz: 0 }
                plugins: { zz: 0 }
                memory: { zz: 0 }
                limits: { zz: 0 }
                tls: { zz: 0 }
                admin: { zz: 0 }
                accessLog: { zz: 0 }
                listeners: [ { zz: 0, proxyProtocol: { zz: 0 }, timeouts: { zz: 0 }, socket: { zz: 0, keepAlive: { zz: 0 } },
                               tls: { zz: 0, certificates: [ { zz: 0 } ], clientAuth: { zz: 0 }, tickets: { zz: 0 },
                                      handshake: { zz: 0 } },
                               filters: [ { zz: 0, quarantine: { zz: 0 } } ], routes: [ { zz: 0, match: { zz: 0 } } ] } ]
                clusters: [ { zz: 0, timeouts: { zz: 0 }, proxyProtocol: { zz: 0 }, tls: { zz: 0 }, endpoints: [ { zz: 0, proxyProtocol: { zz: 0 } } ], dns: { zz: 0 }, queue: { zz: 0 },
                              healthCheck: { zz: 0, tcp: { zz: 0 }, http: { zz: 0 }, tls: { zz: 0 } },
                              outlierDetection: { zz: 0 } } ]
                """;
        Set<String> accepted = new TreeSet<>();
        for (Problem problem : TestingConfig.refused(yaml, CATALOG).problems()) {
            if (problem.path().endsWith("zz")) {
                String prefix = problem.path().replace("[0]", "[]").replaceFirst("zz$", "");
                Stream.of(Objects.requireNonNull(problem.allowed()).split(", ", -1))
                        .forEach(key -> accepted.add(prefix + key));
            }
        }
        assertEquals(accepted, paths());
    }

    @Test
    void describesEachKey() {
        List<String> silent = new ArrayList<>();
        collectSilent(JSON.readTree(TEXT), "", silent);
        assertEquals(List.of(), silent);
    }

    private static void collectSilent(JsonNode schema, String prefix, List<String> silent) {
        schema.path("anyOf").forEach(way -> collectSilent(way, prefix, silent));
        if (!schema.path("items").isMissingNode()) {
            collectSilent(schema.path("items"), prefix + "[]", silent);
        }
        schema.path("properties").forEachEntry((key, property) -> {
            if (!property.path("description").isString() || property.path("description").stringValue().isBlank()) {
                silent.add(prefix + "." + key);
            }
            collectSilent(property, prefix + "." + key, silent);
        });
    }

    /** A configuration with every default of the schema written down is the same as one without them. */
    @Test
    void tellsTheDefaultsThatTheReadersTake() {
        JsonNode schema = JSON.readTree(TEXT).path("properties");
        ObjectNode written = defaults(schema);
        // Off unless it is written, with an address.
        written.remove("admin");
        ObjectNode listener = defaults(schema.path("listeners").path("items").path("properties"));
        listener.remove(List.of("proxyProtocol", "tls"));
        listener.put("name", "edge").put("listen", "127.0.0.1:0").put("cluster", "web");
        written.putArray("listeners").add(listener);
        ObjectNode cluster = defaults(schema.path("clusters").path("items").path("properties"));
        // Sections that are off unless they are written; those of other kinds of checks exclude each other.
        cluster.remove(List.of("dns", "tls"));
        cluster.withObject("healthCheck").remove(List.of("http", "tls"));
        ObjectNode endpoint = defaults(schema.path("clusters").path("items").path("properties").path("endpoints")
                .path("items").path("properties"));
        cluster.put("name", "web").putArray("endpoints").add(endpoint.put("address", "127.0.0.1:1"));
        written.putArray("clusters").add(cluster);
        written.putObject("accessLog").put("path", "stdout")
                .setAll(defaults(schema.path("accessLog").path("properties")));
        Configuration configuration = TestingConfig.load(written.toString()).configuration();
        assertEquals(TestingConfig.load("accessLog: { path: stdout }\n" + yaml("")
                .replace("{ name: web,", "{ name: web, healthCheck: {}, outlierDetection: {},")).configuration(),
                configuration);
        // Those that stand deepest are there.
        assertEquals("10s", listener.path("timeouts").path("tarpit").stringValue());
        assertEquals(4, listener.path("socket").path("keepAlive").path("count").intValue());
        assertEquals(1, endpoint.path("weight").intValue());
    }

    private static ObjectNode defaults(JsonNode properties) {
        ObjectNode defaults = JSON.createObjectNode();
        properties.forEachEntry((key, property) -> {
            JsonNode value = property.get("default");
            ObjectNode below = defaults(property.path("properties"));
            property.path("anyOf").forEach(way -> below.setAll(defaults(way.path("properties"))));
            if (!below.isEmpty()) {
                defaults.set(key, below);
            } else if (value != null) {
                defaults.set(key, value);
            }
        });
        return defaults;
    }

    @Test
    void acceptsAllThatCanBeWritten() {
        // Jackson does not follow aliases.
        String yaml = TestingConfig.resource("full.yaml").replace("*slow", "{ idle: 2h }").replace("&slow", "");
        assertEquals(List.of(), errors(yaml));
    }

    private static String yaml(String listener) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    %s
                    %s
                """.formatted(listener.startsWith("routes:") ? "" : "cluster: web", listener);
    }

    private static String filter(String config) {
        return yaml("filters: [ { type: limits, config: { default: left, " + config + " } } ]");
    }

    /** Both the schema and the loader take these. */
    @ParameterizedTest
    @ValueSource(strings = {
        "maxConnections: 5",
        "maxConnections: \"${MAX:-5}\"",
        "timeouts:",
        "timeouts: { idle: \"${X:-5}s\" }",
        "timeouts: { tarpit: 250ms }",
        "socket: { noDelay: false, keepAlive: true }",
        "socket: { noDelay: \"${X:-true}\", keepAlive: { idle: 5s } }",
        "socket: { keepAlive: }",
        "filters:",
        "filters: [ { type: sniff, config: } ]",
        "filters: [ { type: sniff, quarantine: { after: 5, action: bypass } } ]",
        "filters: [ { type: \"${X:-sniff}\" } ]",
        "filters: [ { type: sniff, name: 1 } ]",
        "filters: [ { type: limits, config: { default: far-right } } ]",
        "filters: [ { type: limits, config: { default: \"${X:-left}\" } } ]",
        "routes: [ { match: { sni: a.example, protocol: [ tls, ssh ] }, cluster: web }, { cluster: web } ]",
        "routes: [ { match: { source: [ 10.0.0.0/8, \"::1\" ], alpn: h2 }, cluster: web } ]"})
    void accepts(String listener) {
        assertEquals(List.of(), errors(yaml(listener)));
        TestingConfig.load(yaml(listener), CATALOG);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "pause: 1h, share: 1, open: false, sides: left",
        "pause: 250ms, share: 0.25, sides: [ left, far-right ]",
        "rate: 20/s, burst: 512",
        "rate: 10MiB/m, burst: 64KiB, sources: 10.0.0.0/8",
        "sources: [ 10.0.0.0/8, \"2001:db8::/32\", 192.0.2.1 ]",
        "weights: { a: 1, b: -5 }, nodes: { weight: 2 }",
        "weights: , nodes: [ { below: { below: [ { weight: 3 }, {} ] } } ]",
        "share: \"${X:-0.5}\", weights: { a: \"${X:-5}\" }"})
    void acceptsConfigurationsOfFilters(String config) {
        assertEquals(List.of(), errors(filter(config)));
        TestingConfig.load(filter(config), CATALOG);
    }

    /** Neither the schema nor the loader takes these. */
    @ParameterizedTest
    @ValueSource(strings = {
        "maxConnections: 0",
        "maxConnections: 10000001",
        "maxConnections: \"5\"",
        "maxConnections: \"${X\"",
        "timeouts: 5s",
        "timeouts: { idle: 60 }",
        "timeouts: { idle: 1d }",
        "timeouts: { iddle: 1h }",
        "socket: { noDelay: yes }",
        "socket: { keepAlive: { idel: 5s } }",
        "socket: { backlog: 70000 }",
        "filters: { type: sniff }",
        "filters: [ { name: x } ]",
        "filters: [ { type: snif } ]",
        "filters: [ { type: sniff, config: { x: 1 } } ]",
        "filters: [ { type: sniff, config: [] } ]",
        "filters: [ { type: limits } ]",
        "filters: [ { type: limits, config: } ]",
        "filters: [ { type: limits, config: {} } ]",
        "filters: [ { type: sniff, name: a b } ]",
        "filters: [ { type: sniff, quarantine: { action: ignore } } ]",
        "filters: [ { type: sniff, quarantine: { for: 1 } } ]",
        "routes: []",
        "routes: [ { match: { sni: a } } ]",
        "routes: [ { match: {}, cluster: web } ]",
        "routes: [ { match: , cluster: web } ]",
        "routes: [ { match: { host: a }, cluster: web } ]",
        "routes: [ { match: { sni: \"*a\" }, cluster: web } ]",
        "routes: [ { match: { sni: müller.example }, cluster: web } ]",
        "routes: [ { match: { protocol: TLS }, cluster: web } ]",
        "routes: [ { match: { source: localhost }, cluster: web } ]",
        "routes: [ { cluster: web } ], cluster: web",
        "cluster: web, listen: \"127.0.0.1\"",
        "listen: \"localhost:80\"",
        "listen: 80"})
    void refuses(String listener) {
        String yaml = "clusters: [ { name: web, endpoints: [ { address: \"127.0.0.1:1\" } ] } ]\nlisteners: [ { name: edge, "
                + (listener.contains("listen:") ? "" : "listen: \"127.0.0.1:0\", ")
                + (listener.contains("routes:") || listener.contains("cluster:") ? "" : "cluster: web, ") + listener
                + " } ]\n";
        assertFalse(errors(yaml).isEmpty());
        assertFalse(TestingConfig.problems(yaml, CATALOG).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause: 5", "share: half", "share: \"1\"", "open: 1", "sides: [ right ]",
        "sides: [ [ left ] ]",
        "rate: 0/s", "rate: 20", "burst: 5MB", "burst: -1", "sources: localhost", "sources: { a: 1 }", "weights: [ 1 ]",
        "weights: { a: x }", "nodes: [ { weigth: 1 } ]", "nodes: [ { below: { below: [ { weight: x } ] } } ]",
        "number: 1"})
    void refusesConfigurationsOfFilters(String config) {
        assertFalse(errors(filter(config)).isEmpty());
        assertFalse(TestingConfig.problems(filter(config), CATALOG).isEmpty());
    }

    @Test
    void refusesWhatIsWrongAtTheTopLevel() {
        assertEquals(List.of(), errors("include: [ a.yaml, b.yaml ]\nmemory:\n"));
        for (String yaml : List.of("include: {}", "nonsense: 1", "memory: 5", "listeners: {}", "admin: {}", "admin:",
                "runtime: { transport: uring }", "accessLog: { path: stdout, format: xml }",
                "clusters: [ { name: a } ]",
                "clusters: [ { name: a, endpoints: [] } ]", "plugins: { broken: ignore }")) {
            assertFalse(errors(yaml).isEmpty(), yaml);
        }
    }

    @Test
    void tellsWhatAFilterIsFor() {
        JsonNode definitions = JSON.readTree(TEXT).path("$defs");
        JsonNode limits = definitions.path("limits:" + Limits.class.getName());
        assertEquals("""
                {"anyOf":[{"enum":["left","far-right"]},{"$ref":"#/$defs/variable"}],"description":"Where to."}""",
                limits.path("properties").path("default").toString());
        assertEquals("[\"default\"]", limits.path("required").toString());
        assertEquals("[\"5s\",0.5,true,[\"left\",\"far-right\"]]", JSON.createArrayNode()
                .add(limits.path("properties").path("pause").get("default"))
                .add(limits.path("properties").path("share").get("default"))
                .add(limits.path("properties").path("open").get("default"))
                .add(limits.path("properties").path("sides").get("default")).toString());
        // What cannot be read into cannot be described, and is no reason to describe nothing.
        assertNull(definitions.get("defective:" + RecordShapesTest.HasSet.class.getName()));
        assertEquals(List.of(), errors(yaml("filters: [ { type: defective, config: { x: 1 } } ]")));
    }
}
