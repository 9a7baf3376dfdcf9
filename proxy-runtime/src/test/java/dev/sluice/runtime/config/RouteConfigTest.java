package dev.sluice.runtime.config;

import java.util.List;
import java.util.Optional;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.RouteConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RouteConfigTest {
    private static final FilterCatalog SNIFF = TestingProvider.catalog(TestingProvider.of("sniff"));
    private static final String NAME = "a host name, such as api.example.com, or *.example.com for exactly one more label";

    /** Routes from column 5 of line 6 on. */
    private static String with(String routes) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    filters: [ { type: sniff } ]
                    %s
                """.formatted(routes);
    }

    private static List<RouteConfig> routes(String routes) {
        return TestingConfig.load(with(routes), SNIFF).configuration().listeners().getFirst().routes();
    }

    private static List<RouteConfig.Match> matches(String... matches) {
        StringBuilder routes = new StringBuilder("routes:");
        for (String match : matches) {
            routes.append("\n      - { cluster: web, match: { ").append(match).append(" } }");
        }
        return routes(routes.toString()).stream().map(RouteConfig::match).map(Optional::orElseThrow).toList();
    }

    @Test
    void aClusterIsOneRoute() {
        assertEquals(List.of(new RouteConfig(Optional.empty(), "web", ConfigPlace.NONE)), routes("cluster: web"));
        assertEquals(List.of(new RouteConfig(Optional.empty(), "web", ConfigPlace.NONE)),
                routes("routes: [ { cluster: web } ]"));
    }

    @Test
    void conditions() {
        assertEquals(List.of(
                new RouteConfig.Match(List.of("tls"), List.of(), List.of(), List.of()),
                new RouteConfig.Match(List.of("http1", "ssh"), List.of(), List.of(), List.of()),
                new RouteConfig.Match(List.of(), List.of("api.example.com", "*.example.com"), List.of(), List.of()),
                new RouteConfig.Match(List.of(), List.of(), List.of("h2", "http/1.1"), List.of()),
                new RouteConfig.Match(List.of(), List.of(), List.of(),
                        List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1/128")))),
                matches("protocol: tls", "protocol: [ http1, ssh, http1 ]",
                        "sni: [ API.example.com, \"*.example.com\" ]",
                        "alpn: [ h2, http/1.1 ]", "source: [ 10.0.0.0/8, \"::1\" ]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "protocol: TLS@36 .match.protocol: 'TLS' is not the name of a protocol; allowed: a name in lower case, such as tls, http1, http2"
                + " or ssh; did you mean 'tls'?",
        "protocol: HTTP/1.1@36 .match.protocol: 'HTTP/1.1' is not the name of a protocol; allowed: a name in lower case, such as tls,"
                + " http1, http2 or ssh; did you mean 'http1'?",
        "protocol: []@36 .match.protocol: this list is empty; allowed: at least one element; or remove the key",
        "sni: [ a.example, b..example ]@44 .match.sni[1]: 'b..example' has an empty label; allowed: " + NAME,
        "sni: {}@31 .match.sni: this is a mapping; allowed: one value",
        "alpn: \"h2,http/1.1\"@32 .match.alpn: 'h2,http/1.1' is not the name of a protocol in TLS; allowed: a name as in IANA's list,"
                + " such as h2 or http/1.1; several as a list",
        "alpn: é@32 .match.alpn: 'é' is not the name of a protocol in TLS; allowed: a name as in IANA's list, such as h2 or http/1.1;"
                + " several as a list",
        "source: 10.0.0.1/8@34 .match.source: '10.0.0.1/8': bits behind the first 8 are set; allowed: a CIDR, such as 10.0.0.0/8 or"
                + " 2001:db8::/32, or a single address; did you mean '10.0.0.0/8'?",
        "source: ${NET}@34 .match.source: the environment variable NET is not set; allowed: a variable that is set, or ${NET:-default}",
        "host: a.example@26 .match.host: unknown key 'host'; allowed: protocol, sni, alpn, source, clientSan",
        "@24 .match: this match has no conditions; allowed: at least one of protocol, sni, alpn, source and clientSan; a route without"
                + " match takes every connection",
        "clientSan: a.example@24 .match: this listener verifies no certificates of clients, so that clientSan could match nobody; allowed:"
                + " clientSan with tls.clientAuth.mode: require or request",
        "clientSan: b..example@37 .match.clientSan: 'b..example' has an empty label; allowed: " + NAME,
        "clientSan: \"spiffe://a/b c\"@37 .match.clientSan: 'spiffe://a/b c' is no name in a certificate; allowed: "
                + NAME
                + "; a URI, such as spiffe://example/billing, or an address of mail; a comma as %2C"})
    void refusedConditions(String match, String expected) {
        String condition = match == null ? "" : match.contains("${") ? match.replaceFirst("(\\$.*)", "\"$1\"") : match;
        assertEquals(List.of("c.yaml:6:" + expected.replaceFirst(" \\.", " listeners[0].routes[0].")),
                TestingConfig.problems(with("routes: [ { match: { %s }, cluster: web } ]".formatted(condition)),
                        SNIFF));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "routes: []@6:13 listeners[0].routes: the list of routes is empty; allowed: at least one, as in [ { match: { sni: api.example.com },"
                + " cluster: api }, { cluster: web } ]",
        "routes: [ { cluster: web, match: } ]@6:37 listeners[0].routes[0].match: this match has no conditions; allowed: at least one of protocol, sni,"
                + " alpn, source and clientSan; a route without match takes every connection",
        "routes: [ { match: all, cluster: web } ]@6:24 listeners[0].routes[0].match: this is the value 'all'; allowed: a mapping, as in"
                + " key: value",
        "routes: [ { match: [], cluster: web } ]@6:24 listeners[0].routes[0].match: this is a list; allowed: a mapping, as in key: value",
        "routes: [ { clustr: web } ]@6:15 listeners[0].routes[0]: the key 'cluster' is missing: the name of a cluster",
        "routes: [ { cluster: web, weight: 5 } ]@6:31 listeners[0].routes[0].weight: unknown key 'weight'; allowed: match, cluster",
        "routes: [ { cluster: wbe } ]@6:26 listeners[0].routes[0].cluster: there is no cluster 'wbe'; allowed: web; did you mean 'web'?",
        "timeouts: {}@3:5 listeners[0]: the key 'cluster' is missing: the name of a cluster; or routes, to choose among several"})
    void refusedRoutes(String routes, String expected) {
        assertEquals("c.yaml:" + expected, TestingConfig.problems(with(routes), SNIFF).getFirst());
    }

    @Test
    void clusterAndRoutesExcludeEachOther() {
        assertEquals(List.of(
                "c.yaml:6:14 listeners[0].cluster: 'cluster' and 'routes' are both set; allowed: one of the two; cluster: NAME is"
                        + " short for routes: [ { cluster: NAME } ]"),
                TestingConfig.problems(with("cluster: web\n    routes: [ { cluster: web } ]"), SNIFF));
    }
}
