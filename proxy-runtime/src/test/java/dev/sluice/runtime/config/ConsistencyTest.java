package dev.sluice.runtime.config;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ConsistencyTest {
    private static String listeners(String... addresses) {
        StringBuilder yaml = new StringBuilder(
                "clusters: [ { name: web, endpoints: [ { address: \"10.9.9.9:80\" } ] } ]\nlisteners:\n");
        for (int i = 0; i < addresses.length; i++) {
            yaml.append("  - { name: l%d, listen: \"%s\", cluster: web }\n".formatted(i, addresses[i]));
        }
        return yaml.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:80,127.0.0.1:80,''", "127.0.0.1:80,0.0.0.0:80,''", "10.0.0.1:80,0.0.0.0:80,''",
        "[::]:80,[::1]:80,''", "[::1]:80,[::]:80,''", "[::]:80,127.0.0.1:80,[::]:80", "10.0.0.1:80,[::]:80,[::]:80",
        "[::]:80,0.0.0.0:80,[::]:80", "0.0.0.0:80,[::]:80,[::]:80",
        "0.0.0.0:80,[::ffff:10.0.0.1]:80,''"})
    void addressesThatOverlap(String first, String second, String wildcard) {
        assertEquals(List.of(
                "c.yaml:4:25 listeners[1].listen: the address '%s' overlaps with '%s' of listener 'l0' in line 3; allowed: an"
                        .formatted(second, first) + " address for each, or port 0"
                        + (wildcard.isEmpty() ? "" : ", or socket.ipv6Only: true for '" + wildcard + "'")),
                TestingConfig.problems(listeners(first, second)));
    }

    private static String ipv6Only(String wildcard, String... others) {
        return listeners(others) + "  - { name: six, listen: \"" + wildcard
                + "\", cluster: web, socket: { ipv6Only: true } }\n";
    }

    /** Field case 19. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:80", "127.0.0.1:80", "[::ffff:10.0.0.1]:80"})
    void anIpv6OnlyWildcardLeavesIpv4ToOthers(String other) {
        assertEquals(List.of(), TestingConfig.warnings(ipv6Only("[::]:80", other)));
        assertEquals(List.of(
                "c.yaml:5:26 listeners[2].listen: the address '[::]:80' overlaps with '[::1]:80' of listener 'l1' in line 4;"
                        + " allowed: an address for each, or port 0"),
                TestingConfig.problems(ipv6Only("[::]:80", other, "[::1]:80")));
    }

    @Test
    void anIpv6OnlyWildcardIsNotReachedOverIpv4() {
        String listener = """
                listeners: [ { name: a, listen: "[::]:80", cluster: web, socket: { ipv6Only: true } } ]
                clusters: [ { name: web, endpoints: [ { address: "%s" } ] } ]
                """;
        assertEquals(List.of(), TestingConfig.warnings(listener.formatted("127.0.0.1:80")));
        assertEquals(1, TestingConfig.problems(listener.formatted("[::1]:80")).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]:80", "0.0.0.0:80", "unix:/run/a"})
    void ipv6OnlyIsForWildcards(String address) {
        String warning = "listeners[0].socket.ipv6Only: this has an effect only for a listener on [::], and"
                + " changes nothing here";
        assertEquals(warning, TestingConfig.warnings(ipv6Only(address)).getFirst().replaceFirst("^\\S+ ", ""));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80,127.0.0.1:80", "10.0.0.1:80,[::ffff:10.0.0.1]:80", "[::1]:80,[0:0::0:1]:80",
        "unix:/run/a,unix:/run/a",
        "unix:/run/a,unix:/run/b/../a"})
    void addressesThatAreTheSame(String first, String second) {
        List<String> problems = TestingConfig.problems(listeners(first, second));
        assertEquals(1, problems.size());
        assertEquals("c.yaml:4:25 listeners[1].listen: the address '" + second + "'",
                problems.getFirst().replaceFirst(" (is taken|overlaps).*", ""));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80,127.0.0.1:81", "127.0.0.1:80,127.0.0.2:80", "127.0.0.1:0,127.0.0.1:0",
        "0.0.0.0:0,127.0.0.1:0",
        "0.0.0.0:80,[::1]:80", "[::1]:80,127.0.0.1:80", "unix:/run/a,unix:/run/b", "unix:/run/a,127.0.0.1:80"})
    void addressesThatAreApart(String first, String second) {
        assertEquals(2, TestingConfig.load(listeners(first, second)).configuration().listeners().size());
    }

    @Test
    void eachOfManyOnOneAddressIsReported() {
        assertEquals(List.of(
                "c.yaml:4:25 listeners[1].listen: the address '0.0.0.0:80' is taken by listener 'l0' in line 3; allowed: an address for each,"
                        + " or port 0",
                "c.yaml:5:25 listeners[2].listen: the address '127.0.0.1:80' overlaps with '0.0.0.0:80' of listener 'l0' in line 3; allowed:"
                        + " an address for each, or port 0"),
                TestingConfig.problems(listeners("0.0.0.0:80", "0.0.0.0:80", "127.0.0.1:80")));
    }

    @Test
    void theAdminInterfaceHasAnAddressOfItsOwn() {
        assertEquals(List.of(
                "c.yaml:4:25 listeners[0].listen: the address '0.0.0.0:9901' overlaps with '127.0.0.1:9901' of the admin"
                        + " interface in line 1; allowed: an address for each, or port 0"),
                TestingConfig.problems("admin: { listen: \"127.0.0.1:9901\" }\n" + listeners("0.0.0.0:9901")));
    }

    @Test
    void names() {
        assertEquals(List.of(
                "c.yaml:2:16 listeners[1].name: a second listener with the name 'a'; the first is in line 1; allowed: a name that no other"
                        + " listener has",
                "c.yaml:4:15 clusters[1].name: a second cluster with the name 'a'; the first is in line 3; allowed: a name that no other"
                        + " cluster has",
                "c.yaml:4:69 clusters[1].endpoints[1].address: a second endpoint '[::ffff:10.0.0.1]:1' in this cluster; the first is in line"
                        + " 4; allowed: each endpoint once, with a weight"),
                TestingConfig
                        .problems(
                                """
                                        listeners: [ { name: a, listen: "127.0.0.1:0", cluster: a },
                                              { name:  a, listen: "127.0.0.1:0", cluster: a } ]
                                        clusters: [ { name: a, endpoints: [ { address: "10.0.0.1:1" } ] },
                                              { name: a, endpoints: [ { address: "10.0.0.1:1" }, { address: "[::ffff:10.0.0.1]:1" } ] } ]
                                        """));
    }

    @Test
    void clustersThatDoNotExist() {
        assertEquals(List.of(
                "c.yaml:1:57 listeners[0].cluster: there is no cluster 'wbe'; allowed: web, internal; did you mean 'web'?",
                "c.yaml:2:57 listeners[1].cluster: there is no cluster 'other'; allowed: web, internal"),
                TestingConfig.problems("""
                        listeners: [ { name: a, listen: "127.0.0.1:0", cluster: wbe },
                                     { name: b, listen: "127.0.0.1:0", cluster: other } ]
                        clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:1" } ] },
                                    { name: internal, endpoints: [ { address: "10.0.0.1:1" } ] } ]
                        """));
        assertEquals(List.of(
                "c.yaml:1:57 listeners[0].cluster: there is no cluster 'web'; allowed: the name of a cluster; none is defined"),
                TestingConfig.problems("listeners: [ { name: a, listen: \"127.0.0.1:0\", cluster: web } ]\n"));
    }

    @Test
    void aClusterWithAWrongNameDoesNotAlsoMiss() {
        assertEquals(List.of(
                "c.yaml:2:23 clusters[0].name: 'we b' is not a name; allowed: 1 to 64 of the letters A-Z a-z, digits, '_', '.' and"
                        + " '-'; did you mean 'we-b'?",
                "c.yaml:1:57 listeners[0].cluster: there is no cluster 'we b'; allowed: the name of a cluster; none is defined")
                .subList(0, 1),
                TestingConfig.problems("""
                        listeners: [ { name: a, listen: "127.0.0.1:0", cluster: we b } ]
                        clusters:   [ { name: we b, endpoints: [ { address: "10.0.0.1:1" } ] } ]
                        """));
    }

    @Test
    void anUnusedClusterIsAWarning() {
        assertEquals(List.of("c.yaml:3:21 clusters[1].name: no listener uses the cluster 'spare'"),
                TestingConfig.warnings("""
                        listeners: [ { name: a, listen: "127.0.0.1:0", cluster: web } ]
                        clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:1" } ] },
                                    { name: spare, endpoints: [ { address: "10.0.0.1:1" } ] } ]
                        """));
    }

    @Test
    void eachRouteNamesAClusterAndUsesIt() {
        String yaml = """
                listeners:
                  - name: a
                    listen: "127.0.0.1:0"
                    routes: [ { match: { source: 10.0.0.0/8 }, cluster: internal }, { cluster: %s } ]
                clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:1" } ] },
                            { name: internal, endpoints: [ { address: "10.0.0.1:1" } ] } ]
                """;
        assertEquals(List.of(), TestingConfig.warnings(yaml.formatted("web")));
        assertEquals(
                List.of("c.yaml:4:80 listeners[0].routes[1].cluster: there is no cluster 'wbe'; allowed: web, internal;"
                        + " did you mean 'web'?"),
                TestingConfig.problems(yaml.formatted("wbe")));
        assertEquals(List.of("c.yaml:5:21 clusters[0].name: no listener uses the cluster 'web'"),
                TestingConfig.warnings(yaml.formatted("internal")));
    }

    private static String relay(String listen, String endpoint) {
        return """
                listeners: [ { name: a, listen: "%s", cluster: web } ]
                clusters: [ { name: web, endpoints: [ { address: "%s" } ] } ]
                """.formatted(listen, endpoint);
    }

    /** Fault 56. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80,127.0.0.1:80", "127.0.0.1:80,[::ffff:127.0.0.1]:80", "0.0.0.0:80,127.0.0.1:80",
        "0.0.0.0:80,127.9.9.9:80",
        "[::]:80,[::1]:80", "[::]:80,127.0.0.1:80", "10.0.0.1:80,10.0.0.1:80", "unix:/run/a,unix:/run/./a"})
    void anEndpointThatIsTheListener(String listen, String endpoint) {
        assertEquals(
                List.of("c.yaml:2:50 clusters[0].endpoints[0].address: the endpoint '" + endpoint
                        + "' is listener 'a' itself: each"
                        + " connection would open another; allowed: an endpoint that does not lead back"),
                TestingConfig.problems(relay(listen, endpoint)));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80,127.0.0.1:81", "127.0.0.1:80,127.0.0.2:80", "0.0.0.0:80,10.0.0.1:80",
        "0.0.0.0:80,[::1]:80", "127.0.0.1:0,127.0.0.1:80"})
    void anEndpointThatIsNotTheListener(String listen, String endpoint) {
        assertEquals(List.of(), TestingConfig.warnings(relay(listen, endpoint)));
    }

    private static final String CHAIN = """
            listeners:
              - { name: a, listen: "0.0.0.0:1", cluster: to-b }
              - { name: b, listen: "127.0.0.1:2", cluster: to-c }
              - { name: c, listen: "unix:/run/c", cluster: to-%s }
            clusters:
              - { name: to-b, endpoints: [ { address: "10.0.0.1:1" }, { address: "127.0.0.1:2" } ] }
              - { name: to-c, endpoints: [ { address: "unix:/run/c" } ] }
              - { name: to-out, endpoints: [ { address: "10.0.0.1:1" } ] }
              - { name: to-a, endpoints: [ { address: "127.0.0.1:1" } ] }
            """;

    @Test
    void aChainOfListenersIsFine() {
        assertEquals(List.of("c.yaml:9:13 clusters[3].name: no listener uses the cluster 'to-a'"),
                TestingConfig.warnings(CHAIN.formatted("out")));
    }

    @Test
    void aChainThatLeadsBackIsReportedAtEachOfItsEndpoints() {
        String why = " leads back to the proxy without end: ";
        String allowed = "; allowed: an endpoint that does not lead back";
        assertEquals(List.of(
                "c.yaml:6:70 clusters[0].endpoints[1].address: the endpoint '127.0.0.1:2'" + why
                        + "listener 'b' → listener 'c' → listener 'a' → listener 'b'" + allowed,
                "c.yaml:7:43 clusters[1].endpoints[0].address: the endpoint 'unix:/run/c'" + why
                        + "listener 'c' → listener 'a' → listener 'b' → listener 'c'" + allowed,
                "c.yaml:9:43 clusters[3].endpoints[0].address: the endpoint '127.0.0.1:1'" + why
                        + "listener 'a' → listener 'b' → listener 'c' → listener 'a'" + allowed),
                TestingConfig.problems(CHAIN.formatted("a")));
    }

    @Test
    void aRouteThatLeadsBackIsReported() {
        assertEquals(List.of(
                "c.yaml:9:44 clusters[1].endpoints[0].address: the endpoint '127.0.0.1:2' leads back to the proxy without end:"
                        + " listener 'b' → listener 'a' → listener 'b'; allowed: an endpoint that does not lead back",
                "c.yaml:10:45 clusters[2].endpoints[0].address: the endpoint '127.0.0.1:1' leads back to the proxy without end:"
                        + " listener 'a' → listener 'b' → listener 'a'; allowed: an endpoint that does not lead back"),
                TestingConfig.problems("""
                        listeners:
                          - name: a
                            listen: "127.0.0.1:1"
                            routes: [ { match: { source: 10.0.0.0/8 }, cluster: to-b }, { cluster: out } ]
                          - { name: b, listen: "127.0.0.1:2",
                              routes: [ { match: { source: 10.0.0.0/8 }, cluster: out }, { cluster: to-a } ] }
                        clusters:
                          - { name: out, endpoints: [ { address: "10.0.0.1:1" } ] }
                          - { name: to-b,  endpoints: [ { address: "127.0.0.1:2" } ] }
                          - { name: to-a,   endpoints: [ { address: "127.0.0.1:1" } ] }
                        """));
    }

    @Test
    void aLoopBesideTheWayIsNotTheWay() {
        assertEquals(List.of(
                "c.yaml:6:47 clusters[1].endpoints[0].address: the endpoint '127.0.0.1:2' is listener 'b' itself: each connection"
                        + " would open another; allowed: an endpoint that does not lead back"),
                TestingConfig.problems("""
                        listeners:
                          - { name: a, listen: "127.0.0.1:1", cluster: to-b }
                          - { name: b, listen: "127.0.0.1:2", cluster: itself }
                        clusters:
                          - { name: to-b, endpoints: [ { address: "127.0.0.1:2" } ] }
                          - { name: itself,   endpoints: [ { address: "127.0.0.1:2" } ] }
                        """));
    }

    @Test
    void anEndpointThatIsTheAdminInterfaceIsAWarning() {
        assertEquals(List.of(
                "c.yaml:3:50 clusters[0].endpoints[0].address: this endpoint is the admin interface: every client of a listener that uses"
                        + " this cluster can reach it"),
                TestingConfig
                        .warnings("admin: { listen: \"127.0.0.1:9901\" }\n" + relay("0.0.0.0:80", "127.0.0.1:9901")));
    }
}
