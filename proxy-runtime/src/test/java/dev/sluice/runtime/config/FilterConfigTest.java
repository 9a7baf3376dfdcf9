package dev.sluice.runtime.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.PluginsConfig.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FilterConfigTest {
    private static final FilterCatalog CATALOG = TestingProvider.catalog(TestingProvider.of("rate-limit"),
            TestingProvider.of("greeter"), new TestingProvider<>("rules", Rules.class));

    record Rules(List<Rule> rules, Optional<Integer> number) {
        record Rule(List<Cidr> deny, Map<String, Integer> weights) {}
    }

    /** Filters from line 4 on. */
    private static String with(String filters) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: web, filters: [
                %s ] }
                """.formatted(filters);
    }

    private static List<FilterConfig> filters(String filters) {
        return TestingConfig.load(with(filters), CATALOG).configuration().listeners().getFirst().filters();
    }

    private static List<String> problems(String filters) {
        return TestingConfig.problems(with(filters), CATALOG);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "type: greeter, typ: greeter@4:18 listeners[0].filters[0].typ: unknown key 'typ'; allowed: type, name, config, quarantine;"
                + " did you mean 'type'?",
        "name: x@4:1 listeners[0].filters[0]: the key 'type' is missing: a type of filter, such as acl",
        "type: rate_limit@4:9 listeners[0].filters[0].type: there is no filter type 'rate_limit'; allowed: greeter, rate-limit,"
                + " rules; did you mean 'rate-limit'?",
        "type: tarpit@4:9 listeners[0].filters[0].type: there is no filter type 'tarpit'; allowed: greeter, rate-limit, rules",
        "type: sniff@4:9 listeners[0].filters[0].type: 'sniff' is a built-in filter, but the built-in filters are not installed; allowed: the module"
                + " dev.sluice.filters (archive proxy-filters) beside the modules of the proxy",
        "type: greeter, name: my greeter@4:24 listeners[0].filters[0].name: 'my greeter' is not a name; allowed: 1 to 64 of the letters"
                + " A-Z a-z, digits, '_', '.' and '-'; did you mean 'my-greeter'?",
        "type: greeter, config: 5@4:26 listeners[0].filters[0].config: this is the value '5'; allowed: a mapping, as in key: value",
        "type: greeter, quarantine: { after: 0 }@4:39 listeners[0].filters[0].quarantine.after: 0 is out of range; allowed: a whole number"
                + " from 1 to 1000000",
        "type: greeter, quarantine: { for: 0s }@4:37 listeners[0].filters[0].quarantine.for: '0s' is out of range; allowed: a duration"
                + " from 1ms to 24h, such as 250ms, 3s, 5m or 1h",
        "type: greeter, quarantine: { action: ignore }@4:40 listeners[0].filters[0].quarantine.action: 'ignore' is not one of the"
                + " choices; allowed: reject, bypass",
        "type: greeter, quarantine: { duration: 1m }@4:32 listeners[0].filters[0].quarantine.duration: unknown key 'duration'; allowed:"
                + " after, within, for, action"})
    void refused(String filter, String expected) {
        assertEquals(List.of("c.yaml:" + expected), problems("{ " + filter + " }"));
    }

    @Test
    void aListOfFilters() {
        assertEquals(
                List.of("c.yaml:3:65 listeners[0].filters: this is a mapping; allowed: a list, as in - key: value"),
                TestingConfig.problems(with("").replace("[\n", "{\n").replace("\n ]", "\n }"), CATALOG));
        assertEquals(List.of(), filters(""));
    }

    @Test
    void quarantine() {
        List<FilterConfig> filters = filters("""
                { type: greeter }, { type: greeter, quarantine: { } }, { type: greeter, quarantine: },
                { type: greeter, quarantine: { after: 10, within: 2m, for: 1h, action: bypass } }""");
        FilterConfig.Quarantine standard = new FilterConfig.Quarantine(3, Duration.ofMinutes(1), Duration.ofMinutes(1),
                FilterConfig.Action.REJECT);
        assertEquals(Optional.empty(), filters.getFirst().quarantine());
        assertEquals(List.of(standard, standard,
                new FilterConfig.Quarantine(10, Duration.ofMinutes(2), Duration.ofHours(1),
                        FilterConfig.Action.BYPASS)),
                filters.stream().skip(1).map(FilterConfig::quarantine).map(Optional::orElseThrow).toList());
    }

    @Test
    void aFilterWithoutANameIsCalledByItsType() {
        assertEquals(List.of("greeter", "first", "greeter-3", "greeter-4", "rules", "greeter-2"), filters("""
                { type: greeter }, { type: rate-limit, name: first }, { type: greeter }, { type: greeter },
                { type: rules }, { type: rules, name: greeter-2 }""").stream().map(FilterConfig::name).toList());
        assertEquals(List.of("greeter", "greeter-2"), filters("{ type: rules, name: greeter }, { type: greeter }")
                .stream().map(FilterConfig::name).toList());
    }

    @Test
    void aNameIsGivenOnceInAListener() {
        assertEquals(List.of(
                "c.yaml:5:24 listeners[0].filters[1].name: a second filter with the name 'x'; the first is in line 4;"
                        + " allowed: a name that no other filter has"),
                problems("{ type: greeter, name: x },\n{ type: greeter, name: x }"));
        String twice = """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - { name: a, listen: "127.0.0.1:0", cluster: web, filters: &f [ { type: greeter, name: x } ] }
                  - { name: b, listen: "127.0.0.1:0", cluster: web, filters: *f }
                """;
        assertEquals(List.of("x", "x"), TestingConfig.load(twice, CATALOG).configuration().listeners().stream()
                .map(listener -> listener.filters().getFirst().name()).toList());
    }

    private static PluginsConfig plugins(String directory, Broken broken) {
        return new PluginsConfig(Optional.of(Path.of(directory)), broken, ConfigPlace.NONE);
    }

    @Test
    void theSourceIsAskedOnceWithWhatIsWritten() throws Exception {
        List<PluginsConfig> asked = new ArrayList<>();
        FilterSource source = plugins -> {
            asked.add(plugins);
            return CATALOG;
        };
        ConfigLoader loader = new ConfigLoader(Map.of("DIR", "some/plugins"));
        loader.parse(with("{ type: greeter }, { type: rules }"), "a", source);
        loader.parse(with("{ type: greeter }") + "plugins: { directory: \"${DIR}\" }", "a", source);
        loader.parse("plugins: { directory: /opt/plugins, broken: refuse }\n" + with(""), "a", source);
        // Nothing that could say more: only the type of the value is wrong.
        assertThrows(ProblemsException.class,
                () -> loader.parse(with("") + "plugins: { directory: [], broken: refuse }", "a", source));
        assertThrows(ProblemsException.class, () -> loader.parse("{", "a", source));
        assertEquals(List.of(PluginsConfig.NONE, plugins("some/plugins", Broken.SKIP),
                plugins("/opt/plugins", Broken.REFUSE),
                new PluginsConfig(Optional.empty(), Broken.REFUSE, ConfigPlace.NONE)), asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "directory: \"\"@5:23 plugins.directory: this path is empty; allowed: the path of a file",
        "broken: ignore@5:20 plugins.broken: 'ignore' is not one of the choices; allowed: skip, refuse",
        "dir: plugins@5:12 plugins.dir: unknown key 'dir'; allowed: directory, broken"})
    void pluginsThatAreRefused(String line, String expected) {
        String yaml = with("{ type: greeter } ] }\nplugins: { " + line).replace(" ] }\n\"", " }\n");
        assertEquals(List.of("c.yaml:" + expected),
                TestingConfig.problems(yaml.substring(0, yaml.lastIndexOf(" ] }")) + " }\n", CATALOG));
    }

    @Test
    void anUnknownTypeMayStandInADirectoryThatCouldNotBeRead() {
        assertEquals(List.of("c.yaml:5:23 plugins.directory: this is a list; allowed: one value"),
                TestingConfig.problems(with("{ type: other }") + "plugins: { directory: [] }", CATALOG));
    }

    private static final FilterCatalog WITH_PROBLEMS = new FilterCatalog(CATALOG.providers(),
            List.of("the plugin 'a' is for a newer version", "the plugin 'b' has no provider"));

    @Test
    void brokenPluginsAreSkippedWithAWarning() {
        assertEquals(List.of("c.yaml:5:23 plugins.directory: the plugin 'a' is for a newer version",
                "c.yaml:5:23 plugins.directory: the plugin 'b' has no provider"),
                TestingConfig.warnings(with("{ type: greeter }") + "plugins: { directory: p }", WITH_PROBLEMS));
        assertEquals(List.of("c.yaml:1:1 plugins.directory: the plugin 'a' is for a newer version",
                "c.yaml:1:1 plugins.directory: the plugin 'b' has no provider"),
                TestingConfig.warnings(with("{ type: greeter }"), WITH_PROBLEMS));
    }

    @Test
    void brokenPluginsAreRefusedIfThatIsAskedFor() {
        assertEquals(List.of("c.yaml:5:23 plugins.directory: the plugin 'a' is for a newer version",
                "c.yaml:5:23 plugins.directory: the plugin 'b' has no provider"),
                TestingConfig.problems(
                        with("{ type: greeter }") + "plugins: { directory: p, broken: refuse }", WITH_PROBLEMS));
    }

    @Test
    void aTypeThatIsMissingIsReportedTogetherWithThePluginsThatWereSkipped() {
        assertEquals(List.of(
                "c.yaml:4:9 listeners[0].filters[0].type: there is no filter type 'a'; allowed: greeter, rate-limit, rules",
                "c.yaml:5:23 plugins.directory: the plugin 'a' is for a newer version",
                "c.yaml:5:23 plugins.directory: the plugin 'b' has no provider"),
                TestingConfig.problems(with("{ type: a }") + "plugins: { directory: p }", WITH_PROBLEMS));
    }

    private static String later(FilterConfig filter, String key) {
        return Problem.at(filter.configPlace(), new ConfigException(key, "no such file", null, null)).render();
    }

    @Test
    void whatIsFoundLaterHasItsPlaceToo() {
        FilterConfig filter = filters("""
                { type: greeter },
                { type: rules, config: {
                    rules: [ { deny: 10.0.0.0/8 }, { deny: [ 11.0.0.0/8, 12.0.0.0/8 ],
                               weights: { a: 1, a.b: 2, "a.b[0]": 3 } } ] } }""").get(1);
        assertEquals("""
                c.yaml:6:58 listeners[0].filters[1].config.rules[1].deny[1]: no such file
                        rules: [ { deny: 10.0.0.0/8 }, { deny: [ 11.0.0.0/8, 12.0.0.0/8 ],
                """ + " ".repeat(4 + 57) + "^", later(filter, "rules[1].deny[1]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "rules@6:12@rules", "rules[0]@6:14@rules[0]", "rules[0].deny@6:22@rules[0].deny",
        "rules[0].deny[0]@6:22@rules[0].deny[0]", "rules[0].deny[1]@6:22@rules[0].deny[1]",
        "rules[1].deny[2]@6:44@rules[1].deny[2]", "rules[7].deny@6:12@rules[7].deny",
        "rules[1].weights.a@7:30@rules[1].weights.a", "rules[1].weights.a.b@7:38@rules[1].weights.a.b",
        "rules[1].weights.a.b[0]@7:51@rules[1].weights.a.b[0]", "rules[1].weights.a.c@7:30@rules[1].weights.a.c",
        "rules[1].weights.ab@7:25@rules[1].weights.ab", "number@5:24@number", "number.more[2]@5:24@number.more[2]",
        "..@5:24@.", "rules[x]@6:12@rules[x]", "rules[99999999999]@6:12@rules[99999999999]"})
    void theNearestThingThatWasWritten(String key, String at, String path) {
        FilterConfig filter = filters("""
                { type: greeter },
                { type: rules, config: {
                    rules: [ { deny: 10.0.0.0/8 }, { deny: [ 11.0.0.0/8, 12.0.0.0/8 ],
                               weights: { a: 1, a.b: 2, "a.b[0]": 3 } } ] } }""").get(1);
        assertEquals("c.yaml:" + at + " listeners[0].filters[1].config." + path + ": no such file",
                later(filter, key).lines().findFirst().orElseThrow());
    }

    @Test
    void aProblemWithTheWholeOfAConfiguration() {
        FilterConfig written = filters("{ type: rules, config: { number: 5 } }").getFirst();
        assertEquals(
                "c.yaml:4:24 listeners[0].filters[0].config: too few rules; allowed: at least one; did you mean 'acl'?",
                Problem.at(written.configPlace(), new ConfigException(null, "too few rules", "at least one", "acl"))
                        .render().lines().findFirst().orElseThrow());
        FilterConfig absent = filters("{ type: rules }").getFirst();
        assertEquals("c.yaml:4:1 listeners[0].filters[0].config.number: no such file",
                later(absent, "number").lines().findFirst().orElseThrow());
    }
}
