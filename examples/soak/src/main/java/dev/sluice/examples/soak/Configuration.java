package dev.sluice.examples.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The text of the daemon's configuration, and what of it changes at reloads. Used by one thread at a time, see {@link Reloads}. */
final class Configuration {
    private final String directory;
    private final Map<String, List<Endpoint>> endpoints = new LinkedHashMap<>();
    private final Map<String, Endpoint> removed = new LinkedHashMap<>();
    private final List<String> extras = new ArrayList<>();
    private int rate = 100_000;
    private int idleMinutes = 15;
    private boolean leastConnections;
    private boolean moreNames;

    Configuration(String directory) {
        this.directory = directory;
    }

    void add(Endpoint endpoint) {
        endpoints.computeIfAbsent(endpoint.cluster(), cluster -> new ArrayList<>()).add(endpoint);
    }

    List<Endpoint> endpoints(String cluster) {
        return List.copyOf(endpoints.getOrDefault(cluster, List.of()));
    }

    List<Endpoint> endpoints() {
        return endpoints.values().stream().flatMap(List::stream).toList();
    }

    /** Removes an endpoint of a cluster, or brings the one back that is removed. */
    void remove(Endpoint endpoint) {
        removed.put(endpoint.cluster(), endpoint);
    }

    void restore(String cluster) {
        removed.remove(cluster);
    }

    boolean isRemoved(Endpoint endpoint) {
        return endpoint.equals(removed.get(endpoint.cluster()));
    }

    /** Another number in the filter of the plain listener. */
    void changeFilter() {
        rate = 100_000 + (rate + 1) % 1000;
    }

    void changeTimeouts() {
        idleMinutes = 15 + (idleMinutes + 1) % 5;
    }

    void changeBalancing() {
        leastConnections = !leastConnections;
    }

    /** One route and one cluster more or less. */
    void changeRoutes() {
        moreNames = !moreNames;
    }

    void addExtra(String name) {
        extras.add(name);
    }

    void removeExtra(String name) {
        extras.remove(name);
    }

    List<String> extras() {
        return List.copyOf(extras);
    }

    /** The text now. */
    String text() {
        StringBuilder text = new StringBuilder("""
                runtime: { eventLoops: 2, drainTimeout: 20s }
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: "%1$s/access.log", format: json }
                plugins: { directory: "%1$s/plugins", broken: refuse }
                listeners:
                """.formatted(directory));
        listener(text, Place.PLAIN.label(),
                "cluster: plain, filters: [ { type: rate-limit, config: { connections: { per: listener, rate: "
                        + rate + "/s, burst: 100000 } } } ]");
        listener(text, Place.FLAPPY.label(), "cluster: flappy");
        listener(text, Place.NAMES.label(),
                "filters: [ { type: sniff, config: { protocols: [tls], silence: 30s, deadline: 60s } } ], routes: [ "
                        + "{ match: { sni: a.soak.test }, cluster: alpha }, { match: { sni: \"*.b.soak.test\" }, cluster: beta }, "
                        + (moreNames ? "{ match: { sni: c.soak.test }, cluster: gamma }, " : "")
                        + "{ cluster: plain } ]");
        listener(text, Place.GREETING.label(), "cluster: greeting");
        listener(text, Place.GUARDED.label(),
                "cluster: plain, filters: [ { type: redis-deny, config: { commands: [flushall], inline: false } } ]");
        listener(text, Place.WALLED.label(),
                "cluster: plain, filters: [ { type: acl, config: { default: allow, rules: [ { deny: ["
                        + Client.DENIED + "] } ] } } ]");
        listener(text, Place.PROXIED.label(),
                "cluster: proxied, proxyProtocol: { trustedSources: [127.0.0.0/8], deadline: 1m }");
        listener(text, Place.QUEUED.label(), "cluster: queued");
        listener(text, Place.EXPENDABLE.label(), "cluster: expendable");
        extras.forEach(extra -> listener(text, extra, "cluster: plain"));
        text.append("clusters:\n");
        cluster(text, "plain", "loadBalancing: " + (leastConnections ? "least-connections" : "round-robin"));
        cluster(text, "flappy",
                "loadBalancing: random-two-choices, healthCheck: { type: tcp, interval: 500ms, timeout: 400ms, rise: 1, fall: 2 }, "
                        + "outlierDetection: { consecutiveConnectFailures: 3, ejection: 300ms, maxEjection: 2s, maxEjected: 50% }");
        cluster(text, "alpha", "connectAttempts: 2");
        cluster(text, "beta", "loadBalancing: source-hash");
        if (moreNames) {
            text.append("  - { name: gamma, endpoints: [ { address: \"127.0.0.1:9\" } ] }\n");
        }
        cluster(text, "greeting", "loadBalancing: least-connections");
        cluster(text, "proxied", "proxyProtocol: v2");
        cluster(text, "queued", "maxConnections: 20, queue: { max: 10000, timeout: 1h }");
        cluster(text, "expendable", "onRemoved: close");
        return text.toString();
    }

    private void listener(StringBuilder text, String name, String rest) {
        text.append("  - { name: ").append(name).append(", listen: \"127.0.0.1:0\", timeouts: { idle: ")
                .append(idleMinutes)
                .append("m, halfClosed: 15m, writeStall: 15m }, ").append(rest).append(" }\n");
    }

    private void cluster(StringBuilder text, String name, String rest) {
        String addresses = endpoints(name).stream().filter(endpoint -> !isRemoved(endpoint))
                .map(endpoint -> "{ address: \"" + endpoint.address() + "\" }").collect(Collectors.joining(", "));
        text.append("  - { name: ").append(name).append(", ").append(rest).append(", endpoints: [ ").append(addresses)
                .append(" ] }\n");
    }
}
