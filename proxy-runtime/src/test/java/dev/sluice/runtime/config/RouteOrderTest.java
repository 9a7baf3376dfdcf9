package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RouteOrderTest {
    private static final FilterCatalog CATALOG = TestingProvider.catalog(TestingProvider.of("sniff"),
            TestingProvider.of("acl"), TestingProvider.of("rate-limit"), TestingProvider.of("mine"));

    private static String listener(String filter, List<String> routes) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    filters: [ %s ]
                    routes:
                """.formatted(filter)
                + routes.stream().map(route -> "      - { " + route + " }\n").collect(Collectors.joining());
    }

    /** A match for each line from the seventh on. */
    private static List<String> warnings(String... matches) {
        List<String> routes = new ArrayList<>();
        for (String match : matches) {
            routes.add("cluster: web, match: { " + match + " }");
        }
        return TestingConfig.warnings(listener("{ type: sniff }", routes), CATALOG);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "protocol: tls@protocol: tls",
        "protocol: [ tls, ssh ]@protocol: ssh",
        "protocol: tls@{ protocol: tls, sni: a.example }",
        "sni: a.example@sni: A.example",
        "sni: \"*.example\"@sni: a.example",
        "sni: \"*.example\"@sni: \"*.example\"",
        "sni: [ b.example, \"*.c.example\" ]@sni: [ a.c.example, b.example ]",
        "sni: \"*.example\"@{ sni: a.example, alpn: h2, source: 10.0.0.0/8, protocol: tls }",
        "alpn: [ h2, http/1.1 ]@alpn: [ http/1.1, h2 ]",
        "source: 10.0.0.0/8@source: 10.1.0.0/16",
        "source: [ 192.0.2.0/24, 10.0.0.0/8 ]@source: [ 10.1.0.0/16, 192.0.2.7 ]",
        "source: \"2001:db8::/32\"@source: \"2001:db8:1::/48\""})
    void aRouteBehindOneThatTakesAllOfIt(String first, String second) {
        assertEquals(List.of(
                "c.yaml:8:9 listeners[0].routes[1]: no connection reaches this route: everything it matches is taken by the route in"
                        + " line 7"),
                warnings(inner(first), inner(second)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "protocol: tls@protocol: [ tls, ssh ]",
        "protocol: tls@sni: a.example",
        "{ protocol: tls, sni: a.example }@protocol: tls",
        "sni: a.example@sni: \"*.example\"",
        "sni: \"*.example\"@sni: a.b.example",
        "sni: \"*.example\"@sni: \"*.b.example\"",
        "sni: \"*.example\"@sni: example",
        "sni: a.example@sni: [ a.example, b.example ]",
        "alpn: h2@alpn: [ h2, http/1.1 ]",
        "source: 10.1.0.0/16@source: 10.0.0.0/8",
        "source: 0.0.0.0/0@source: \"::/0\"",
        "{ sni: a.example, source: 10.0.0.0/8 }@{ sni: a.example, source: 192.0.2.0/24 }"})
    void aRouteThatSomethingIsLeftFor(String first, String second) {
        assertEquals(List.of(), warnings(inner(first), inner(second)));
    }

    private static String inner(String match) {
        return match.replaceFirst("^\\{ (.*) }$", "$1");
    }

    @Test
    void eachRouteThatIsNeverReachedIsNamedWithTheFirstThatTakesIt() {
        assertEquals(List.of(
                "c.yaml:9:9 listeners[0].routes[2]: no connection reaches this route: everything it matches is taken by the route in line 7",
                "c.yaml:10:9 listeners[0].routes[3]: no connection reaches this route: everything it matches is taken by the route in line 8"),
                warnings("protocol: tls", "sni: a.example", "protocol: tls, sni: a.example", "sni: a.example"));
    }

    @Test
    void nothingStandsBehindTheRouteThatTakesEverything() {
        assertEquals(List.of(
                "c.yaml:8:9 listeners[0].routes[1]: this route takes every connection, so the 2 routes after it can"
                        + " never match; allowed: match in each route but the last"),
                TestingConfig
                        .problems(listener("{ type: sniff }", List.of("cluster: web, match: { sni: a }", "cluster: web",
                                "cluster: web, match: { sni: b }", "cluster: web")), CATALOG));
        assertEquals(List.of(
                "c.yaml:7:9 listeners[0].routes[0]: this route takes every connection, so the route after it can"
                        + " never match; allowed: match in each route but the last"),
                TestingConfig.problems(listener("", List.of("cluster: web", "cluster: web")), CATALOG));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "sni: a.example@sni", "protocol: tls@protocol", "alpn: h2@alpn", "protocol: tls, alpn: h2@protocol",
        "protocol: tls, sni: a@sni"})
    void someoneHasToFindOutWhatARouteAsksFor(String match, String what) {
        List<String> routes = List.of("cluster: web, match: { source: 10.0.0.0/8 }",
                "cluster: web, match: { " + match + " }", "cluster: web, match: { sni: later.example }",
                "cluster: web");
        List<String> expected = List
                .of("c.yaml:8:9 listeners[0].routes[1]: no connection reaches this route: no filter of this"
                        + " listener detects " + what + "; add one of type sniff");
        assertEquals(expected, TestingConfig.warnings(listener("", routes), CATALOG));
        assertEquals(expected,
                TestingConfig.warnings(listener("{ type: acl }, { type: rate-limit }", routes), CATALOG));
        assertEquals(List.of(), TestingConfig.warnings(listener("{ type: acl }, { type: sniff }", routes), CATALOG));
        assertEquals(List.of(), TestingConfig.warnings(listener("{ type: mine }", routes), CATALOG));
    }

    @Test
    void whoeverAsksForTheSourceOnlyNeedsNoFilter() {
        assertEquals(List.of(), TestingConfig.warnings(
                listener("", List.of("cluster: web, match: { source: 10.0.0.0/8 }", "cluster: web")), CATALOG));
    }

    /** Each of these routes is compared with all before it, and each of their conditions with each: that has an end. */
    @Test
    void comparingHasAnEnd() {
        String many = IntStream.range(0, 200).mapToObj(i -> "10." + i / 256 + "." + i % 256 + ".0/24")
                .collect(Collectors.joining(", "));
        List<String> routes = new ArrayList<>(
                List.of("cluster: web, match: { protocol: a, source: [ " + many + " ] }"));
        for (int i = 0; i < 100; i++) {
            routes.add("cluster: web, match: { source: [ 11.0.0.0/8, " + many + " ] }");
        }
        List<String> warnings = TestingConfig.warnings(listener("{ type: sniff }", routes), CATALOG);
        assertEquals(
                "c.yaml:9:9 listeners[0].routes[2]: no connection reaches this route: everything it matches is taken by the route in line"
                        + " 8",
                warnings.getFirst());
        assertTrue(warnings.size() < 99, () -> warnings.size() + " of 99");
    }
}
