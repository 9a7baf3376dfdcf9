package dev.sluice.dist.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Page;
import jdk.jfr.Enabled;
import jdk.jfr.Name;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page for operators beside a running proxy: requests, fields, words, metrics, the access log. */
@Timeout(120)
class OperationsPageTest {
    @TempDir
    private static Path temporary;

    /** One for all tests that only ask; the machine of the build has better things to do than starting proxies. */
    private static RunningProxy proxy;

    private final Page page = Page.of("operations.md");

    @BeforeAll
    static void start() throws Exception {
        proxy = new RunningProxy(temporary, "json");
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
    }

    @Test
    void requestsAreThoseThatTheProxyLists() throws Exception {
        Set<String> listed = new TreeSet<>();
        Pattern.compile("\"method\":\"(\\w+)\",\"path\":\"([^\"]+)\"").matcher(proxy.get("/")).results()
                .forEach(request -> listed.add(request.group(1) + " " + request.group(2)));
        assertEquals(listed, page.section("The admin interface").table("request").words(0));

        Set<String> inJson = listed.stream().filter(request -> request.startsWith("GET"))
                .filter(request -> !Set.of("GET /", "GET /metrics").contains(request))
                .filter(request -> !request.startsWith("GET /dashboard"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(inJson, new TreeSet<>(page.section("The admin interface").titles(3)));
    }

    @Test
    void containersAreStartedAsTheContainerfileSays() throws Exception {
        String section = page.section("In a container").text();
        String file = Files.readString(Page.DOCS.resolveSibling("container/Containerfile"));
        Matcher command = Pattern.compile("\nCMD \\[(.*)]\n").matcher(file);
        assertTrue(command.find() && section.contains(
                "| command | `" + command.group(1).replace("\"", "").replace(",", "") + "`"), file);
        Matcher user = Pattern.compile("\nUSER ([0-9]+):").matcher(file);
        assertTrue(user.find() && section.contains("| user | " + user.group(1) + ","), file);
        // Short for those who are in its directory, and have its Java in their path.
        Matcher entry = Pattern.compile("\nWORKDIR (.*)\n(?:.*\n)*ENTRYPOINT \\[(.*)]\n").matcher(file);
        assertTrue(entry.find(), file);
        String start = entry.group(2).replace("\"", "").replace(",", "").replace(entry.group(1) + "/jre/bin/", "")
                .replace(entry.group(1) + "/", "");
        assertTrue(section.contains("`podman exec sluice " + start + " reload "), start);
        String kubernetes = Files.readString(Page.REPOSITORY.resolve("examples/kubernetes/README.md"));
        assertTrue(kubernetes.replaceAll("\\s+", " ").contains("-- " + start + " reload "), start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live", "/ready", "/listeners", "/clusters", "/connections", "/filters", "/events",
        "/memory", "/plugins", "/config", "/loggers", "/generations", "/overview"})
    void fieldsAreThoseOfTheAnswer(String path) throws Exception {
        Set<String> written = page.section("GET " + path).table("field").words(0);
        Set<String> answered = proxy.fields(path);
        if (path.equals("/memory")) {
            for (String part : List.of("pool", "stash", "pipes")) {
                Set<String> ofLoops = taken(answered, "loops[]." + part + ".");
                Set<String> ofAll = taken(new TreeSet<>(answered), part + ".");
                ofAll.remove("limit");
                assertEquals(ofAll, ofLoops, "the fields of a loop are those of all, without the limit");
                answered.add("loops[]." + part);
            }
        }
        // A list of objects has no value of its own.
        Set<String> lists = answered.stream().filter(field -> field.endsWith("[]"))
                .filter(list -> written.stream().anyMatch(field -> field.startsWith(list + ".")))
                .collect(Collectors.toSet());
        answered.removeAll(lists);
        assertEquals(answered, written);
    }

    /** Facts that are not known are left out, so it takes two listeners to see all of them. */
    @Test
    void fieldsOfAnExplanationAreThoseOfTheAnswer() throws Exception {
        Set<String> answered = proxy.fields("/explain?listener=edge&client=192.0.2.1&sni=a.example&alpn=h2");
        answered.addAll(proxy.fields("/explain?listener=tls&client=192.0.2.1&clientSan=a.example"));
        answered.remove("filters[]");
        assertEquals(answered, page.section("GET /explain").table("field").words(0));
    }

    /** Takes the fields with this prefix out of the set, and returns the rest of their names. */
    private static Set<String> taken(Set<String> fields, String prefix) {
        Set<String> taken = new TreeSet<>();
        for (String field : List.copyOf(fields)) {
            if (field.startsWith(prefix)) {
                fields.remove(field);
                taken.add(field.substring(prefix.length()));
            }
        }
        return taken;
    }

    @ParameterizedTest
    @CsvSource({
        "GET /connections, block word, dev.sluice.runtime.observe.ReadBlock",
        "Choosing connections, field, dev.sluice.runtime.selection.Fact",
        "GET /events, kind, dev.sluice.runtime.observe.Event$Kind",
        "States of an endpoint, state, dev.sluice.runtime.cluster.EndpointWord",
        "The access log, event, dev.sluice.runtime.observe.AccessEvent",
        "Decisions of filters, decision, dev.sluice.runtime.chain.FilterEvent"})
    void wordsAreThoseOfTheCode(String section, String column, String type) throws Exception {
        assertEquals(labels(type), page.section(section).table(column).words(0));
    }

    @Test
    void statesOfConnectionsAreThoseOfTheCode() throws Exception {
        Set<String> states = labels("dev.sluice.runtime.relay.RelayState");
        // The words of its view for two cases of connecting and open.
        states.addAll(Set.of("queued", "half-closed"));
        assertEquals(states, page.section("GET /connections").table("state").words(0));
    }

    @ParameterizedTest
    @CsvSource({
        "GET /live, state, dev.sluice.runtime.observe.ServerState",
        "GET /listeners, listeners[].state, dev.sluice.runtime.relay.Acceptor$State",
        "GET /clusters, clusters[].connect_failures, dev.sluice.runtime.observe.ConnectFailure"})
    void wordsInAMeaningAreThoseOfTheCode(String section, String field, String type) throws Exception {
        String meaning = page.section(section).table("field").rows().stream()
                .filter(row -> row.getFirst().equals("`" + field + "`")).findAny().orElseThrow().get(1);
        Set<String> words = new TreeSet<>(Page.quoted(meaning));
        words.remove("maxConnections");
        assertEquals(labels(type), words);
    }

    /** Labels of an enum that need not be public. */
    private static Set<String> labels(String type) throws ReflectiveOperationException {
        Set<String> labels = new TreeSet<>();
        for (Object constant : Class.forName(type).getEnumConstants()) {
            var label = constant.getClass().getDeclaredMethod("label");
            label.setAccessible(true);
            labels.add((String) label.invoke(constant));
        }
        return labels;
    }

    @Test
    void metricsAndTheirLabelsAreThoseOfAScrape() throws Exception {
        Map<String, Set<String>> written = new TreeMap<>();
        Page.Table table = page.section("Metrics").table("metric");
        for (List<String> row : table.rows()) {
            written.put(Page.quoted(row.getFirst()).iterator().next(), Page.quoted(row.get(1)));
        }
        assertEquals(table.rows().size(), written.size(), "a metric is written twice");
        Map<String, Set<String>> scraped = new TreeMap<>();
        String metrics = proxy.get("/metrics");
        for (String name : Page.found("(?m)^# TYPE (sluice_\\w+)", metrics)) {
            Set<String> labels = new TreeSet<>();
            Pattern.compile("(?m)^" + name + "(?:_bucket|_count|_sum)?\\{(.*)}").matcher(metrics).results()
                    .forEach(sample -> labels.addAll(Page.found("(\\w+)=\"", sample.group(1))));
            labels.remove("le");
            scraped.put(name, labels);
        }
        assertEquals(scraped, written);
    }

    @Test
    void metricsOfTheLibraryAreInAScrape() throws Exception {
        String metrics = proxy.get("/metrics");
        for (List<String> row : page.section("Metrics").table("metric of the library").rows()) {
            String name = Page.quoted(row.getFirst()).iterator().next();
            Set<String> labels = new TreeSet<>();
            Pattern.compile("(?m)^" + name + "(?:_count|_sum)?(?:\\{(.*)})? ").matcher(metrics).results()
                    .forEach(sample -> labels.addAll(sample.group(1) == null
                            ? Set.of("none")
                            : Page.found("(\\w+)=\"", sample.group(1))));
            Set<String> written = Page.quoted(row.get(1));
            assertEquals(written.isEmpty() ? Set.of("none") : written, labels, name);
        }
    }

    @Test
    void reasonsAreThoseOfTheApi() {
        Map<String, String> expected = new TreeMap<>();
        for (CloseReason reason : CloseReason.values()) {
            expected.put(reason.label(), reason.closedBy().label());
        }
        Map<String, String> written = new TreeMap<>();
        for (Page.Table table : page.section("Why a connection ended").tables("reason")) {
            table.rows().forEach(row -> written.put(Page.quoted(row.getFirst()).iterator().next(), row.get(1)));
        }
        assertEquals(expected, written);
        assertEquals(Page.found("`(\\w+)`", meaningOf("closed_by")), new TreeSet<>(new HashSet<>(expected.values())));
    }

    private String meaningOf(String field) {
        return page.section("The access log").table("field").rows().stream()
                .filter(row -> row.getFirst().equals("`" + field + "`")).findAny().orElseThrow().get(1);
    }

    @Test
    void fieldsOfTheAccessLogStandInTheirOrder() throws Exception {
        List<String> written = page.section("The access log").table("field").rows().stream()
                .map(row -> Page.quoted(row.getFirst()).iterator().next()).toList();
        List<String> logged = new ArrayList<>();
        try (RunningProxy ended = new RunningProxy(temporary.resolve("json"), "json")) {
            Pattern.compile("[{,]\"(\\w+)\":").matcher(ended.lineAfterClose()).results()
                    .forEach(field -> logged.add(field.group(1)));
        }
        assertEquals(logged, written);

        int reason = Integer.parseInt(Page.found("print \\$(\\d+)}", page.text()).iterator().next());
        assertEquals("close_reason", written.get(reason - 1));
        try (RunningProxy ended = new RunningProxy(temporary.resolve("text"), "text")) {
            String[] values = ended.lineAfterClose().split(" ", -1);
            assertEquals(written.size(), values.length);
            assertEquals("edge", values[written.indexOf("listener")]);
            assertTrue(labels("dev.sluice.api.CloseReason").contains(values[reason - 1]), values[reason - 1]);
            assertEquals("routes[0]", values[written.indexOf("route")]);
        }
    }

    @Test
    void recordingsHaveTheseEvents() throws Exception {
        Map<String, String> written = new TreeMap<>();
        page.section("Recordings of Java Flight Recorder").table("event").rows()
                .forEach(row -> written.put(Page.quoted(row.getFirst()).iterator().next(), row.get(1)));
        Map<String, String> declared = new TreeMap<>();
        for (Class<?> event : Class.forName("dev.sluice.runtime.observe.FlightEvents").getDeclaredClasses()) {
            Enabled enabled = event.getAnnotation(Enabled.class);
            declared.put(event.getAnnotation(Name.class).value(), enabled == null || enabled.value() ? "on" : "off");
        }
        assertEquals(declared, written);
    }

    @Test
    void examplesAreAccepted() {
        List<String> examples = page.blocks("yaml");
        assertFalse(examples.isEmpty());
        for (String yaml : examples) {
            assertEquals(List.of(), ProxyConfig.parse(yaml).warnings());
        }
    }

    @Test
    void theUnitLeavesTimeForTheDrain() throws IOException {
        String unit = Files.readString(Page.REPOSITORY.resolve("proxy-dist/src/dist/systemd/sluice.service"));
        long stop = Long.parseLong(Page.found("(?m)^TimeoutStopSec=(\\d+)$", unit).iterator().next());
        String yaml = Page.of("configuration.md").blocks("yaml").getFirst();
        try (ProxyServer server = ProxyServer.builder()
                .config(yaml.replaceAll("0\\.0\\.0\\.0:\\d+", "127.0.0.1:0")).start()) {
            assertTrue(stop > server.drainTimeout().toSeconds(), unit);
        }
        Set<String> codes = new TreeSet<>();
        page.section("The command line").table("exit code").rows().forEach(row -> codes.add(row.getFirst()));
        assertTrue(codes.containsAll(Page.found("(?m)^(?:SuccessExitStatus|RestartPreventExitStatus)=(\\d+)$", unit)));
    }
}
