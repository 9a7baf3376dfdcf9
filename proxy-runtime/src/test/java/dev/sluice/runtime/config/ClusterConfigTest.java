package dev.sluice.runtime.config;

import java.time.Duration;
import java.util.List;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.config.model.ConfigPlace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ClusterConfigTest {
    private static final String ALLOWED = "allowed: name, loadBalancing, timeouts, connectAttempts, maxConnections, endpoints";

    private static String with(String line) {
        return """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: web } ]
                clusters:
                  - name: web
                    %s
                """.formatted(line);
    }

    private static String withEndpoint(String endpoint) {
        return with("endpoints: [ %s ]".formatted(endpoint));
    }

    private static ClusterConfig cluster(String line) {
        return TestingConfig.load(with(line + "\n    endpoints: [ { address: \"10.0.0.1:80\" } ]")).configuration()
                .clusters().getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "timeouts: { connect: 30s, connectTotal: 60 }@4:45 clusters[0].timeouts.connectTotal: '60' has no unit; allowed: a duration from 1ms"
                + " to 1h, such as 250ms, 3s, 5m or 1h; did you mean '60s'?",
        "connectAttempts: 0@4:22 clusters[0].connectAttempts: 0 is out of range; allowed: a whole number from 1 to 32",
        "maxConnections: -1@4:21 clusters[0].maxConnections: -1 is out of range; allowed: a whole number from 1 to 10000000",
        "timeouts: { connect: 0s }@4:26 clusters[0].timeouts.connect: '0s' is out of range; allowed: a duration from 1ms to 1h, such as"
                + " 250ms, 3s, 5m or 1h",
        "timeouts: { connect: 30s }@4:26 clusters[0].timeouts.connect: connectTotal 10s is shorter than connect 30s; allowed: a"
                + " connectTotal of at least 30s",
        "timeouts: { connect: 2s, connectTotal: 1s }@4:44 clusters[0].timeouts.connectTotal: connectTotal 1s is shorter than connect 2s"
                + "; allowed: a connectTotal of at least 2s",
        "loadBalancing: round-robbin@4:20 clusters[0].loadBalancing: 'round-robbin' is not one of the choices; allowed: round-robin,"
                + " least-connections, random-two-choices, source-hash; did you mean 'round-robin'?",
        "dns: {}@4:5 clusters[0].dns: 'dns' is not supported by this version of Sluice; " + ALLOWED,
        "healthCheck: {}@4:5 clusters[0].healthCheck: 'healthCheck' is not supported by this version of Sluice; "
                + ALLOWED,
        "outlierDetection: {}@4:5 clusters[0].outlierDetection: 'outlierDetection' is not supported by this version of Sluice; "
                + ALLOWED,
        "proxyProtocol: v2@4:5 clusters[0].proxyProtocol: 'proxyProtocol' is not supported by this version of Sluice; "
                + ALLOWED})
    void refused(String line, String expected) {
        assertEquals(List.of("c.yaml:" + expected),
                TestingConfig.problems(with(line + "\n    endpoints: [ { address: \"10.0.0.1:80\" } ]")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "{}@4:18 clusters[0].endpoints[0]: the key 'address' is missing: an address, such as \"10.0.0.1:443\"",
        "{ address: \"10.0.0.1:0\" }@4:29 clusters[0].endpoints[0].address: '10.0.0.1:0': port 0 is out of range; allowed: a port from 1"
                + " to 65535",
        "{ address: \"10.0.0.1:1\", weight: 257 }@4:51 clusters[0].endpoints[0].weight: 257 is out of range; allowed: a whole number"
                + " from 1 to 256",
        "{ address: \"10.0.0.1:1\", weight: 0 }@4:51 clusters[0].endpoints[0].weight: 0 is out of range; allowed: a whole number from 1"
                + " to 256",
        "{ address: \"10.0.0.1:1\", backup: no }@4:51 clusters[0].endpoints[0].backup: 'no' is neither true nor false; allowed: true or"
                + " false; did you mean 'false'?",
        "{ addres: \"10.0.0.1:1\", address: \"10.0.0.1:2\" }@4:20 clusters[0].endpoints[0].addres: unknown key 'addres'; allowed:"
                + " address, weight, maxConnections, backup; did you mean 'address'?"})
    void refusedEndpoints(String endpoint, String expected) {
        assertEquals(List.of("c.yaml:" + expected), TestingConfig.problems(withEndpoint(endpoint)));
    }

    @ParameterizedTest
    @CsvSource({"endpoints: [],4:16", "endpoints:,4:15"})
    void aClusterHasEndpoints(String line, String place) {
        assertEquals(List.of("c.yaml:" + place
                + " clusters[0].endpoints: the list of endpoints is empty; allowed: at least one, as in"
                + " [ { address: \"10.0.0.1:443\" } ]"), TestingConfig.problems(with(line)));
    }

    @ParameterizedTest
    @EnumSource
    void balancing(LoadBalancing balancing) {
        String name = balancing.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        assertEquals(balancing, cluster("loadBalancing: " + name).loadBalancing());
    }

    @Test
    void aShortTotalIsFineWithAShorterConnect() {
        assertEquals(new ClusterConfig.Timeouts(Duration.ofMillis(500), Duration.ofMillis(500), ConfigPlace.NONE),
                cluster("timeouts: { connect: 500ms, connectTotal: 500ms }").timeouts());
    }
}
