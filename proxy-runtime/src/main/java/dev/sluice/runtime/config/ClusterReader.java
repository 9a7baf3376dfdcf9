package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.config.model.ClusterTimeouts;
import dev.sluice.runtime.config.model.LoadBalancing;

/** Reads one item of {@code clusters:}. */
final class ClusterReader {
    private static final ScalarParser<SocketAddress> ENDPOINT = ScalarParser.of(Form.ADDRESS, Addresses::endpoint);
    private static final ScalarParser<Duration> TIMEOUT = Quantities.duration(Duration.ofMillis(1),
            Duration.ofHours(1));
    private static final ScalarParser<Integer> CONNECTIONS = Scalars.integer(1, ConfigurationReader.MAX_CONNECTIONS);
    private static final ScalarParser<Integer> ATTEMPTS = Scalars.integer(1, 32);
    private static final ScalarParser<Integer> WEIGHT = Scalars.integer(1, 256);

    private ClusterReader() {}

    static Draft.Cluster read(Section section) {
        Located<String> name = section.name("name", "the name that listeners use");
        LoadBalancing loadBalancing = section.value("loadBalancing", Scalars.choice(LoadBalancing.values()),
                LoadBalancing.ROUND_ROBIN);
        ClusterTimeouts timeouts = timeouts(section.section("timeouts"));
        int connectAttempts = section.value("connectAttempts", ATTEMPTS, 3);
        int maxConnections = section.value("maxConnections", CONNECTIONS, 0);
        List<Draft.Endpoint> endpoints = new ArrayList<>();
        section.require("endpoints", "a list, as in [ { address: \"10.0.0.1:443\" } ]");
        section.someSections("endpoints", "endpoints", "[ { address: \"10.0.0.1:443\" } ]")
                .forEach(s -> endpoints.add(endpoint(s)));
        section.refuseOtherKeys("proxyProtocol", "dns", "healthCheck", "outlierDetection");
        return new Draft.Cluster(name, loadBalancing, timeouts, connectAttempts, maxConnections, endpoints);
    }

    private static ClusterTimeouts timeouts(Section section) {
        ClusterTimeouts timeouts = new ClusterTimeouts(
                section.value("connect", TIMEOUT, Duration.ofSeconds(3)),
                section.value("connectTotal", TIMEOUT, Duration.ofSeconds(10)));
        boolean wrong = section.isWrong("connect") || section.isWrong("connectTotal");
        if (!wrong && timeouts.connect().compareTo(timeouts.connectTotal()) > 0) {
            String connect = Quantities.show(timeouts.connect());
            section.problem(section.has("connectTotal") ? "connectTotal" : "connect",
                    "connectTotal " + Quantities.show(timeouts.connectTotal()) + " would end a connect of " + connect
                            + " early",
                    "a connectTotal of at least " + connect, null);
        }
        section.refuseOtherKeys();
        return timeouts;
    }

    private static Draft.Endpoint endpoint(Section section) {
        Located<SocketAddress> address = section.required("address", ENDPOINT,
                "an address, such as \"10.0.0.1:443\"");
        Draft.Endpoint endpoint = new Draft.Endpoint(address,
                section.value("weight", WEIGHT, 1),
                section.value("maxConnections", CONNECTIONS, 0),
                section.value("backup", Scalars.flag(), false));
        section.refuseOtherKeys();
        return endpoint;
    }
}
