package dev.sluice.runtime.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.testing.TestingFilter;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The changes of a configuration that is read for a test. */
class TestChangesTest {
    private static final FilterProvider<?> FAULT = filter("fault");
    private static final FilterCatalog FILTERS = new FilterCatalog(
            new TreeMap<>(Map.of("fault", FAULT, "other", filter("other"))), List.of());
    private static final String YAML = """
            admin: { listen: "${NOT_SET}" }
            accessLog: { path: /nowhere/access.log }
            listeners:
              - { name: edge, listen: "${NOT_SET}", cluster: db, filters: [ { type: other } ] }
              - { name: bad, listen: "10.0.0.1:443", cluster: found, filters: [ { type: other }, { type: fault } ] }
              - { name: bare, listen: "unix:/run/app.sock", cluster: local }
            clusters:
              - name: db
                endpoints: [ { address: "10.0.0.1:1", weight: 7 }, { address: "10.0.0.2:2" } ]
              - name: found
                dns: { name: db.example.com, port: 5432 }
              - name: file
                endpointsFile: /no/such/file.yaml
              - name: local
                endpoints: [ { address: "127.0.0.1:9" }, { address: "[::1]:9" }, { address: "unix:/run/app.sock" } ]
              - name: kept
                endpoints: [ { address: "10.0.0.9:9" } ]
            """;

    private static TestingFilter filter(String type) {
        return new TestingFilter(type, FilterTraits.connectionOnly(), _ -> new ConnectionFilter() {
        });
    }

    private static ConfigLoader.Loaded load(String yaml, UnaryOperator<String> edit) throws ProblemsException {
        TestChanges changes = new TestChanges(Map.of("db", List.of("127.0.0.1:11", "127.0.0.1:12", "127.0.0.1:13")),
                Set.of("kept"), edit);
        return new ConfigLoader(Map.of(), changes).parse(yaml, "c.yaml", plugins -> FILTERS);
    }

    private static List<String> addresses(ClusterConfig cluster) {
        return cluster.endpoints().stream().map(endpoint -> endpoint.address().toString().replace("/", "")).toList();
    }

    @Test
    void listenersAreFreePortsOfThisMachineWithAFaultFilter() throws Exception {
        Configuration read = load(YAML, text -> text).configuration();
        assertEquals(Optional.empty(), read.admin());
        assertEquals(Optional.empty(), read.accessLog());
        assertTrue(read.runtime().eventLoops() <= 2);
        read.listeners().forEach(listener -> {
            InetSocketAddress listen = (InetSocketAddress) listener.listen();
            assertTrue(listen.getAddress().isLoopbackAddress());
            assertEquals(0, listen.getPort());
        });
        assertEquals(List.of(List.of("fault", "other"), List.of("other", "fault"), List.of("fault")), read.listeners()
                .stream().map(listener -> listener.filters().stream().map(FilterConfig::name).toList()).toList());
    }

    @Test
    void clustersHaveTheEndpointsOfTheTestOrNoneElsewhere() throws Exception {
        List<ClusterConfig> clusters = load(YAML, text -> text).configuration().clusters();
        assertEquals(List.of("127.0.0.1:11", "127.0.0.1:12", "127.0.0.1:13"), addresses(clusters.get(0)));
        assertEquals(List.of(7, 1, 1),
                clusters.get(0).endpoints().stream().map(ClusterConfig.Endpoint::weight).toList());
        assertEquals(List.of("127.0.0.1:1"), addresses(clusters.get(1)));
        assertEquals(Optional.empty(), clusters.get(1).dns());
        assertEquals(List.of("127.0.0.1:1"), addresses(clusters.get(2)));
        assertEquals(Optional.empty(), clusters.get(2).endpointsFile());
        assertEquals(3, clusters.get(3).endpoints().size());
        assertEquals(List.of("10.0.0.9:9"), addresses(clusters.get(4)));
    }

    @Test
    void theTextIsChangedAndProblemsKeepTheirPlaces() throws Exception {
        assertEquals("front", load(YAML, text -> text.replace("edge", "front")).configuration().listeners().getFirst()
                .name());
        ProblemsException refused = assertThrows(ProblemsException.class,
                () -> load(YAML, text -> text.replace("weight: 7", "weight: 700")));
        assertEquals(1, refused.problems().size());
        assertTrue(refused.problems().getFirst().render().startsWith("c.yaml:9:"), refused::getMessage);
        assertFalse(load(YAML, text -> text).files().isEmpty());
    }
}
