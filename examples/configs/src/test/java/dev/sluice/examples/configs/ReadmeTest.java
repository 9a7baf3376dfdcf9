package dev.sluice.examples.configs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ConfigurationProblem;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The tables and examples of README.md agree with the program. */
@Timeout(60)
class ReadmeTest {
    @TempDir
    private Path temporary;

    private final String readme;

    ReadmeTest() throws IOException {
        readme = Files.readString(Path.of("../../README.md"));
    }

    @Test
    void configurationsAreAccepted() {
        List<String> blocks = blocks("yaml");
        assertFalse(blocks.isEmpty());
        for (String yaml : blocks) {
            assertEquals(List.of(), ProxyConfig.parse(yaml).warnings());
        }
    }

    @Test
    void theProgramCompiles() throws IOException {
        assertEquals(1, blocks("java").size());
        Path source = Files.writeString(temporary.resolve("Embedded.java"), blocks("java").getFirst());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-Xlint:all,-path,-processing", "-Werror", "-proc:none", "-d",
                temporary.toString(), "-cp", System.getProperty("java.class.path"), source.toString()));
    }

    @Test
    void theTableOfKeysIsWhatTheProxyAccepts() {
        String yaml = """
                zz: 0
                runtime: { zz: 0 }
                plugins: { zz: 0 }
                memory: { zz: 0 }
                limits: { zz: 0 }
                admin: { zz: 0 }
                accessLog: { zz: 0 }
                listeners: [ { zz: 0, timeouts: { zz: 0 }, socket: { zz: 0, keepAlive: { zz: 0 } },
                               filters: [ { zz: 0, quarantine: { zz: 0 } } ], routes: [ { zz: 0, match: { zz: 0 } } ] } ]
                clusters: [ { zz: 0, timeouts: { zz: 0 }, endpoints: [ { zz: 0 } ] } ]
                """;
        Set<String> accepted = new TreeSet<>();
        for (ConfigurationProblem problem : assertThrows(ConfigurationException.class, () -> ProxyConfig.parse(yaml))
                .problems()) {
            if (problem.path().endsWith("zz")) {
                String section = problem.path().replace("[0]", "[]").replaceFirst("zz$", "");
                found("([^, ]+)", String.valueOf(problem.allowed())).forEach(key -> accepted.add(section + key));
            }
        }
        assertEquals(accepted, writtenKeys());
    }

    /** The keys of the table, and the sections that these are in. */
    private Set<String> writtenKeys() {
        String table = readme.substring(readme.indexOf("| key | default |"), readme.indexOf("No deadline can be"));
        Set<String> keys = new TreeSet<>();
        String prefix = "";
        for (MatchResult row : Pattern.compile("(?m)^\\| (\\*\\*)?`([^`]+)`").matcher(table).results().toList()) {
            if (row.group(1) != null) {
                prefix = row.group(2) + ".";
            } else {
                keys.add(prefix + row.group(2));
            }
        }
        for (String key : List.copyOf(keys)) {
            for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
                keys.add(key.substring(0, dot).replaceFirst("\\[]$", ""));
            }
        }
        return keys;
    }

    @Test
    void theTableOfReasonsIsTheListOfReasons() {
        Map<String, String> expected = new TreeMap<>();
        for (CloseReason reason : CloseReason.values()) {
            expected.put(reason.label(), reason.closedBy().label());
        }
        Map<String, String> written = new TreeMap<>();
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (client|upstream|proxy|operator) \\|").matcher(readme).results()
                .forEach(row -> written.put(row.group(1), row.group(2)));
        assertEquals(expected, written);
    }

    /** No built-in filter has counters of its own, and without one their metric is not there. */
    public static final class CountingFilter implements FilterProvider<CountingFilter.Nothing> {
        /** It has no keys. */
        public record Nothing() {}

        @Override
        public String type() {
            return "counting";
        }

        @Override
        public Class<Nothing> configType() {
            return Nothing.class;
        }

        @Override
        public FilterFactory create(Nothing config, FilterEnvironment environment) {
            environment.counter("made").increment();
            return new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return FilterTraits.connectionOnly();
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    return new ConnectionFilter() {
                    };
                }
            };
        }
    }

    @Test
    void metricsFieldsAndPathsAreThoseOfARunningProxy() throws Exception {
        String yaml = """
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: "%s" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app, filters: [ { type: counting } ] } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(temporary.resolve("access.log"));
        try (ProxyServer proxy = ProxyServer.builder().filter(new CountingFilter()).config(yaml).start();
                HttpClient client = HttpClient.newHttpClient()) {
            InetSocketAddress admin = (InetSocketAddress) proxy.adminAddress().orElseThrow();
            String metrics = get(client, admin, "/metrics");
            assertEquals(found("(?m)^# TYPE (sluice_\\w+)", metrics), found("`(sluice_\\w+)`", readme));

            Set<String> paths = found("\"path\":\"([^\"]+)\"", get(client, admin, "/"));
            assertEquals(paths, found("`(?:GET|POST) ([^`?]+)[^`]*`", readme));

            // No server is behind the proxy: this is only for a line in the log.
            InetSocketAddress edge = (InetSocketAddress) proxy.address("edge");
            assertThrows(IOException.class, () -> get(client, edge, "/"));
        }
        String line = Files.readString(temporary.resolve("access.log"));
        String table = readme.substring(readme.indexOf("| field | |"), readme.indexOf("## In your program"));
        assertEquals(found("\"(\\w+)\":", line), table.lines().filter(row -> row.startsWith("| `"))
                .flatMap(row -> found("`(\\w+)`", row.substring(0, row.indexOf('|', 1))).stream())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static String get(HttpClient client, InetSocketAddress address, String path)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(address, path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static URI uri(InetSocketAddress address, String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    /** {@return the contents of the code blocks in this language} */
    private List<String> blocks(String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(readme).results()
                .map(block -> block.group(1))
                .toList();
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
