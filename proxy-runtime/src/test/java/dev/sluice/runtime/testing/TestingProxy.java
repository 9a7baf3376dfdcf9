package dev.sluice.runtime.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ServerStats;
import dev.sluice.runtime.TestingServers;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A real proxy with a listener {@code edge} before a cluster {@code app}, and what most tests ask of it. Closing checks that nothing is
 * left: relays, buffers, stash bytes, direct memory, threads, descriptors.
 */
public final class TestingProxy implements AutoCloseable {
    private final Ledger ledger;
    private final ProxyServer server;
    private final List<TestingFilter> filters;

    private TestingProxy(Ledger ledger, ProxyServer server, List<TestingFilter> filters) {
        this.filters = List.copyOf(filters);
        this.ledger = ledger;
        this.server = server;
    }

    /** Builds the configuration of a {@link TestingProxy}. */
    public static final class Builder {
        private final List<String> sections = new ArrayList<>();
        private final List<String> listener = new ArrayList<>();
        private final List<String> cluster = new ArrayList<>();
        private final List<String> endpoints = new ArrayList<>();
        private final List<String> others = new ArrayList<>();
        private final List<TestingFilter> filters = new ArrayList<>();
        private final List<String> filterEntries = new ArrayList<>();
        private boolean routed;
        private String listen = "127.0.0.1:0";
        private int loops = 2;

        private Builder() {}

        /** A line of the top level, like {@code memory: { pool: 1MiB }}. */
        public Builder with(String section) {
            sections.add(section);
            return this;
        }

        /** A line of the listener, like {@code timeouts: { idle: 1s }}. */
        public Builder listener(String line) {
            listener.add(line);
            return this;
        }

        /** A line of the cluster, like {@code connectAttempts: 2}. */
        public Builder cluster(String line) {
            cluster.add(line);
            return this;
        }

        /** The next filter of the listener. */
        public Builder filter(TestingFilter filter) {
            filters.add(filter);
            return filter("type: " + filter.type());
        }

        /** The next filter of the listener, as YAML: {@code type: acl, config: { default: deny }}. */
        public Builder filter(String entry) {
            filterEntries.add("{ " + entry + " }");
            return this;
        }

        /** Routes instead of the cluster {@code app}, as YAML. */
        public Builder routes(String... entries) {
            routed = true;
            return listener("routes: [ " + String.join(", ", entries) + " ]");
        }

        public Builder listen(String address) {
            listen = address;
            return this;
        }

        public Builder loops(int count) {
            loops = count;
            return this;
        }

        /** Another cluster, with one endpoint. */
        public Builder otherCluster(String name, TestingUpstream upstream) {
            others.add("  - { name: " + name + ", endpoints: [ { address: \"" + upstream.address() + "\" } ] }");
            return this;
        }

        public Builder endpoint(TestingUpstream upstream) {
            return endpoint(upstream.address());
        }

        public Builder endpoint(String address) {
            endpoints.add("{ address: \"" + address + "\" }");
            return this;
        }

        /** An endpoint with more of its keys, like {@code maxConnections: 5}. */
        public Builder endpoint(TestingUpstream upstream, String more) {
            endpoints.add("{ address: \"" + upstream.address() + "\", " + more + " }");
            return this;
        }

        /** The engine of TLS that tests of a whole proxy run on, as in {@code tls.engine}: the system property sluice.tls.engine. */
        public static String tlsEngine() {
            return System.getProperty("sluice.tls.engine", "auto");
        }

        /** The configuration as text. */
        public String yaml() {
            StringBuilder yaml = new StringBuilder();
            sections.forEach(section -> yaml.append(section).append('\n'));
            if (sections.stream().noneMatch(section -> section.startsWith("runtime:"))) {
                yaml.append("runtime: { eventLoops: ").append(loops).append(", transport: ")
                        .append(TestingTransport.realName()).append(" }\n");
            }
            if (sections.stream().noneMatch(section -> section.startsWith("tls:"))) {
                yaml.append("tls: { engine: ").append(tlsEngine()).append(" }\n");
            }
            yaml.append("listeners:\n  - name: edge\n    listen: \"").append(listen)
                    .append(routed ? "\"\n" : "\"\n    cluster: app\n");
            if (!filterEntries.isEmpty()) {
                yaml.append("    filters: [ ").append(String.join(", ", filterEntries)).append(" ]\n");
            }
            listener.forEach(line -> yaml.append("    ").append(line).append('\n'));
            yaml.append("clusters:\n  - name: app\n    endpoints: [ ").append(String.join(", ", endpoints))
                    .append(" ]\n");
            cluster.forEach(line -> yaml.append("    ").append(line).append('\n'));
            others.forEach(line -> yaml.append(line).append('\n'));
            return yaml.toString();
        }

        public TestingProxy start() {
            Ledger ledger = Ledger.open();
            ProxyServer.Builder server = ProxyServer.builder().config(yaml());
            filters.forEach(server::filter);
            return new TestingProxy(ledger, server.start(), filters);
        }

        /** On a transport that fails as it is told. */
        public TestingProxy start(TestingTransport transport) {
            Ledger ledger = Ledger.open();
            return new TestingProxy(ledger, TestingServers.start(yaml(), transport), List.of());
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A proxy with default settings before one upstream. */
    public static TestingProxy before(TestingUpstream upstream) {
        return builder().endpoint(upstream).start();
    }

    public ProxyServer server() {
        return server;
    }

    public ServerStats stats() {
        return server.stats();
    }

    /** A client of the listener {@code edge}. */
    public TestingClient connect() throws IOException {
        return TestingClient.connect(server, "edge");
    }

    /** Whether something waits for a receiver: in a buffer, in the stash or in a pipe. */
    public boolean holdsBytes() {
        ServerStats now = stats();
        return now.buffersBorrowed() + now.stashBytes() + now.pipesBorrowed() > 0;
    }

    /** Waits until no connection is open. */
    public void awaitIdle() {
        Await.equal("open connections", 0, () -> stats().connectionsActive());
    }

    /** The number of connections that have ended for this reason. */
    public long closed(CloseReason reason) {
        return stats().closed().getOrDefault(reason, 0L);
    }

    /** Waits until all connections have ended, {@code count} of them for this reason and none for another. */
    public void awaitClosed(CloseReason reason, long count) {
        awaitIdle();
        Await.equal("connections closed as " + reason.label() + ", of " + stats().closed(), count,
                () -> closed(reason));
        assertEquals(count, stats().closed().values().stream().mapToLong(n -> n).sum(),
                () -> "all ends: " + stats().closed());
    }

    /** Closes the proxy as it is, relays and all, and checks that nothing is left. */
    @Override
    public void close() {
        server.close();
        ServerStats left = server.stats();
        assertEquals(0, left.connectionsActive(), "connections after close");
        assertEquals(0, left.buffersBorrowed(), "buffers borrowed after close");
        assertEquals(0, left.stashBytes(), "stash bytes after close");
        assertEquals(0, left.memoryBytes(), "direct memory after close");
        assertEquals(0, left.pipesBorrowed(), "pipes borrowed after close");
        filters.forEach(filter -> assertEquals(0, filter.openFactories(), "open factories of " + filter.type()));
        ledger.settle();
    }
}
