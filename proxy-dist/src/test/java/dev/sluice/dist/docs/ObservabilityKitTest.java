package dev.sluice.dist.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The files of {@code examples/observability} beside the page for operators, whose metrics are those of a scrape. Whether
 * Prometheus likes them, and what alerts do, is seen by {@code examples/observability/check}.
 */
class ObservabilityKitTest {
    private static final Path KIT = Page.REPOSITORY.resolve("examples/observability");
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Labels that Prometheus adds to what it scrapes, or that series of its own have. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance", "le", "alertname", "alertstate");
    /** A name, and the braces behind it; recorded ones have colons. */
    private static final Pattern SERIES = Pattern
            .compile("\\b((?:\\w+:)?(?:sluice|jvm|process)[_:][\\w:]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on)\\s*\\(([^)]*)\\)");

    private final Page page = Page.of("operations.md");

    /** Expressions of rules and dashboard, by the place where they stand. */
    private static Map<String, String> expressions() throws IOException {
        Map<String, String> expressions = new TreeMap<>();
        for (JsonNode rule : rules()) {
            expressions.put("rule " + name(rule), rule.at("/expr").asString());
        }
        JsonNode dashboard = dashboard();
        for (JsonNode panel : dashboard.at("/panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.put("panel " + panel.at("/title").asString() + " " + target.at("/refId").asString(),
                        target.at("/expr").asString());
            }
        }
        dashboard.at("/annotations/list").forEach(annotation -> expressions
                .put("annotation " + annotation.at("/name").asString(), annotation.at("/expr").asString()));
        dashboard.at("/templating/list").forEach(variable -> expressions
                .put("variable " + variable.at("/name").asString(), variable.path("definition").asString("")));
        return expressions;
    }

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        YAML.readTree(Files.readString(KIT.resolve("rules.yaml"))).at("/groups")
                .forEach(group -> group.at("/rules").forEach(rules::add));
        return rules;
    }

    private static List<JsonNode> alerts() throws IOException {
        return rules().stream().filter(rule -> rule.has("alert")).toList();
    }

    private static String name(JsonNode rule) {
        return rule.has("alert") ? rule.at("/alert").asString() : rule.at("/record").asString();
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(KIT.resolve("grafana/sluice.json")));
    }

    /** Labels of each metric of the page, and of what the rules record. */
    private Map<String, Set<String>> metrics() throws IOException {
        Map<String, Set<String>> metrics = new TreeMap<>();
        Page section = page.section("Metrics");
        Stream.of("metric", "metric of the library").flatMap(first -> section.table(first).rows().stream())
                .forEach(row -> metrics.put(Page.quoted(row.getFirst()).iterator().next(), Page.quoted(row.get(1))));
        Set<String> all = metrics.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
        rules().stream().filter(rule -> rule.has("record")).forEach(rule -> metrics.put(name(rule), all));
        return metrics;
    }

    @Test
    void metricsAndLabelsAreThoseOfThePage() throws IOException {
        Map<String, Set<String>> metrics = metrics();
        Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
        metrics.values().forEach(labels::addAll);
        Set<String> unknown = new TreeSet<>();
        int seen = 0;
        for (Map.Entry<String, String> entry : expressions().entrySet()) {
            for (MatchResult series : SERIES.matcher(entry.getValue()).results().toList()) {
                Set<String> own = metrics.get(series.group(1)) != null
                        ? metrics.get(series.group(1))
                        : metrics.get(series.group(1).replaceFirst("_(bucket|sum|count)$", ""));
                seen++;
                if (own == null) {
                    unknown.add(entry.getKey() + ": " + series.group(1));
                } else if (series.group(2) != null) {
                    MATCHER.matcher(series.group(2)).results().map(matcher -> matcher.group(1))
                            .filter(label -> !own.contains(label) && !OF_PROMETHEUS.contains(label))
                            .forEach(label -> unknown.add(entry.getKey() + ": " + series.group(1) + "{" + label + "}"));
                }
            }
            GROUPING.matcher(entry.getValue()).results().flatMap(list -> Arrays.stream(list.group(1).split(",")))
                    .map(String::strip).filter(label -> !labels.contains(label))
                    .forEach(label -> unknown.add(entry.getKey() + ": by " + label));
        }
        assertEquals(Set.of(), unknown);
        assertTrue(seen > 80, "expressions are not understood any more: " + seen);
    }

    @Test
    void wordsInExpressionsAreThoseOfThePage() throws IOException {
        Set<String> handshakes = page.section("Why a TLS handshake failed").table("word").words(0);
        handshakes.addAll(Set.of("done", "passthrough"));
        Set<String> reasons = page.section("Why a connection ended").tables("reason").stream()
                .flatMap(table -> table.words(0).stream()).collect(Collectors.toSet());
        Map<String, Set<String>> words = Map.of("sluice_connection_close_total reason", reasons,
                "sluice_cluster_connection_close_total reason", reasons,
                "sluice_endpoint_state state", page.section("States of an endpoint").table("state").words(0),
                "sluice_filter_decisions_total decision",
                page.section("Decisions of filters").table("decision").words(0),
                "sluice_tls_handshakes_total result", handshakes);
        Set<String> met = new TreeSet<>();
        for (Map.Entry<String, String> entry : expressions().entrySet()) {
            for (MatchResult series : SERIES.matcher(entry.getValue()).results().toList()) {
                String braces = series.group(2) == null ? "" : series.group(2);
                for (MatchResult matcher : MATCHER.matcher(braces).results().toList()) {
                    String place = series.group(1) + " " + matcher.group(1);
                    if (words.containsKey(place)) {
                        met.add(place);
                        assertTrue(words.get(place).containsAll(Arrays.asList(matcher.group(2).split("\\|"))),
                                entry.getKey() + ": " + matcher.group());
                    }
                }
            }
        }
        assertEquals(new TreeSet<>(words.keySet()), met);
    }

    @Test
    void eachAlertSaysWhatToDoAndHasAnUnitTest() throws IOException {
        Set<String> alerts = new TreeSet<>();
        Set<String> labels = metrics().values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        labels.addAll(OF_PROMETHEUS);
        for (JsonNode alert : alerts()) {
            assertTrue(alerts.add(name(alert)), name(alert) + " is there twice");
            assertTrue(Set.of("page", "ticket").contains(alert.at("/labels/severity").asString()), name(alert));
            String summary = alert.at("/annotations/summary").asString();
            assertTrue(summary.matches(".*[a-z)]\\. .*|.*[:;] [a-z].*") && summary.endsWith("."), summary);
            assertTrue(labels.containsAll(Page.found("\\$labels\\.(\\w+)", summary)), summary);
            assertTrue(alert.at("/expr").asString().matches("(?s).* (==|>|<) [0-9.]+"),
                    name(alert) + " does not end with a comparison, which the check takes off");
        }
        Set<String> tested = new TreeSet<>();
        for (JsonNode test : YAML.readTree(Files.readString(KIT.resolve("rules_test.yaml"))).at("/tests")) {
            String name = test.at("/name").asString();
            String before = test.at("/promql_expr_test/0/exp_samples").toString();
            String after = test.at("/promql_expr_test/1/exp_samples").toString();
            assertFalse(before.contains(name + "\\\""), name + " fires at once");
            assertTrue(after.contains(name + "\\\", instance=\\\"bad\\\""), name + " never fires");
            assertFalse(after.contains(name + "\\\", instance=\\\"good\\\""), name + " always fires");
            tested.add(name);
        }
        assertEquals(alerts, tested);
    }

    @Test
    void theDashboardHasFiveQuestionsAndPanelsBesideEachOther() throws IOException {
        List<String> rows = new ArrayList<>();
        Set<Integer> ids = new TreeSet<>();
        Set<String> places = new TreeSet<>();
        for (JsonNode panel : dashboard().at("/panels")) {
            String title = panel.at("/title").asString();
            assertTrue(ids.add(panel.at("/id").asInt()), title + " has the id of another panel");
            if (panel.at("/type").asString().equals("row")) {
                rows.add(title);
            } else {
                assertFalse(panel.path("description").asString("").isEmpty(), title + " has no description");
                assertEquals("${datasource}", panel.at("/datasource/uid").asString(), title);
            }
            JsonNode at = panel.at("/gridPos");
            assertTrue(at.at("/x").asInt() + at.at("/w").asInt() <= 24, title + " is wider than the screen");
            for (int x = 0; x < at.at("/w").asInt(); x++) {
                for (int y = 0; y < at.at("/h").asInt(); y++) {
                    assertTrue(places.add((at.at("/x").asInt() + x) + "," + (at.at("/y").asInt() + y)),
                            title + " covers another panel");
                }
            }
        }
        assertEquals(List.of("1. Is it serving?", "2. What is failing, and why?", "3. Which endpoint?",
                "4. Who holds the memory, and the time?", "5. What changed?"), rows);
    }

    @Test
    void theCollectorReadsFieldsOfTheAccessLog() throws IOException {
        String collector = Files.readString(KIT.resolve("otel-collector.yaml"));
        Set<String> fields = page.section("The access log").table("field").words(0);
        fields.addAll(Page.found("\\?P<(\\w+)>", collector));
        Set<String> read = Page.found("attributes\\.(\\w+)", collector);
        assertTrue(read.size() > 4 && fields.containsAll(read), read.toString());
        JsonNode configuration = YAML.readTree(collector);
        for (JsonNode pipeline : configuration.at("/service/pipelines")) {
            for (String part : List.of("receivers", "processors", "exporters")) {
                pipeline.at("/" + part).forEach(
                        name -> assertTrue(configuration.at("/" + part).has(name.asString()), name.asString()));
            }
        }
    }

    @Test
    void theReadmeNamesEachFile() throws IOException {
        Set<String> links = Page.read(KIT.resolve("README.md")).links();
        try (Stream<Path> files = Files.walk(KIT)) {
            for (Path file : files.filter(Files::isRegularFile).filter(path -> !path.endsWith("README.md")).toList()) {
                String name = KIT.relativize(file).toString();
                assertTrue(links.stream().anyMatch(link -> name.equals(link) || name.startsWith(link + "/")), name);
            }
        }
        assertTrue(Files.isExecutable(KIT.resolve("check")));
    }
}
