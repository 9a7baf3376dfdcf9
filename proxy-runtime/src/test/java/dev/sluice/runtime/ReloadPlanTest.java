package dev.sluice.runtime;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Plans for random pairs of configurations, compared with the reloads that follow. */
class ReloadPlanTest {
    private static final int PAIRS = 200;
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final int ENDPOINTS = 3;

    /**
     * A listener of the model.
     *
     * @param cluster the number of its cluster
     * @param filters the number of its filters
     */
    private record Listener(int cluster, int idleMinutes, int filters, int maxConnections) {}

    /** A configuration of the model: listeners by name, and the endpoints of each cluster. */
    private record Model(Map<String, Listener> listeners, List<Set<Integer>> clusters) {
        static Model random(Random random) {
            Map<String, Listener> listeners = new LinkedHashMap<>();
            for (String name : NAMES) {
                if (random.nextInt(3) > 0) {
                    listeners.put(name, new Listener(random.nextInt(2), 5 + random.nextInt(2), random.nextInt(2),
                            100 + random.nextInt(2)));
                }
            }
            listeners.putIfAbsent("a", new Listener(0, 5, 0, 100));
            List<Set<Integer>> clusters = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Set<Integer> endpoints = new TreeSet<>(Set.of(random.nextInt(ENDPOINTS)));
                endpoints.add(random.nextInt(ENDPOINTS));
                clusters.add(endpoints);
            }
            return new Model(listeners, clusters);
        }

        String yaml(List<TestingUpstream> upstreams) {
            StringBuilder yaml = new StringBuilder("runtime: { eventLoops: 2, transport: ")
                    .append(TestingTransport.realName()).append(" }\nlisteners:\n");
            listeners.forEach((name, listener) -> yaml
                    .append("""
                              - { name: %s, listen: "127.0.0.1:0", cluster: c%d, maxConnections: %d, timeouts: { idle: %dm }, filters: [ %s ] }
                            """
                            .formatted(name, listener.cluster, listener.maxConnections, listener.idleMinutes,
                                    listener.filters == 0 ? "" : "{ type: passing }")));
            yaml.append("clusters:\n");
            for (int i = 0; i < clusters.size(); i++) {
                yaml.append("  - { name: c").append(i).append(", endpoints: [ ");
                clusters.get(i).forEach(endpoint -> yaml.append("{ address: \"")
                        .append(upstreams.get(endpoint).address()).append("\" }, "));
                yaml.append("] }\n");
            }
            return yaml.toString();
        }
    }

    private static final class Passing implements ConnectionFilter {}

    @Test
    void thePlanIsTrue() throws IOException {
        Ledger ledger = Ledger.open();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TestingFilter filter = new TestingFilter("passing", FilterTraits.connectionOnly(), connection -> new Passing());
        List<TestingUpstream> upstreams = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            byte[] letter = {(byte) ('0' + i)};
            upstreams.add(TestingUpstream.start(client -> {
                client.getOutputStream().write(letter);
                TestingUpstream.echo(client);
            }));
        }
        List<TestingClient> clients = new ArrayList<>();
        Model model = Model.random(random);
        try (ProxyServer server = ProxyServer.builder().config(model.yaml(upstreams)).filter(filter).start()) {
            for (int pair = 0; pair < PAIRS; pair++) {
                Model next = random.nextInt(10) == 0 ? model : Model.random(random);
                String about = "pair " + pair + " of seed " + seed + ": " + model + " → " + next;
                connect(server, model, clients, about);
                check(server, model, next, next.yaml(upstreams), about);
                model = next;
                if (clients.size() > 40) {
                    closeAll(clients);
                    Await.equal("open connections", 0, () -> server.stats().connectionsActive());
                }
            }
            connect(server, model, clients, "at the end, seed " + seed);
            for (TestingClient client : clients) {
                assertEquals("echo", client.roundTrip("echo"), "an old connection, seed " + seed);
            }
            closeAll(clients);
        }
        assertEquals(0, filter.openFactories());
        for (TestingUpstream upstream : upstreams) {
            upstream.close();
        }
        ledger.settle();
    }

    private static void closeAll(List<TestingClient> clients) throws IOException {
        for (TestingClient client : clients) {
            client.close();
        }
        clients.clear();
    }

    /** Opens a connection to each listener, which has to reach an endpoint of its cluster. */
    private static void connect(ProxyServer server, Model model, List<TestingClient> clients, String about)
            throws IOException {
        for (Map.Entry<String, Listener> listener : model.listeners.entrySet()) {
            TestingClient client = TestingClient.connect(server, listener.getKey());
            clients.add(client);
            int endpoint = Integer.parseInt(client.readText(1));
            assertTrue(model.clusters.get(listener.getValue().cluster).contains(endpoint),
                    () -> "endpoint " + endpoint + " of listener " + listener.getKey() + ", " + about);
        }
    }

    private static void check(ProxyServer server, Model before, Model after, String yaml, String about) {
        Map<String, SocketAddress> addresses = server.addresses();
        Map<String, Long> open = new HashMap<>();
        views(server).forEach(view -> open.merge(view.listener(), 1L, Long::sum));
        Map<Long, Long> generations = new HashMap<>();
        views(server).forEach(view -> generations.put(view.id(), view.generation()));

        ReloadPlan plan = server.plan(yaml);
        assertEquals(addresses, server.addresses(), "a plan changes nothing, " + about);
        ReloadResult result = server.reload(yaml);
        assertEquals(plan.changes(), result.changes(), about);
        assertEquals(!before.equals(after), result.applied(), about);
        assertEquals(plan.next(), result.generation(), about);
        assertEquals(after.listeners.keySet(), server.addresses().keySet(), about);

        for (ConfigurationChange change : plan.changes()) {
            if (change.kind() == ConfigurationChange.Kind.LISTENER) {
                listener(change, before.listeners.get(change.name()), after.listeners.get(change.name()), about);
                assertEquals(open.getOrDefault(change.name(), 0L), change.connections(), change + ", " + about);
                if (before.listeners.containsKey(change.name()) && after.listeners.containsKey(change.name())) {
                    assertEquals(addresses.get(change.name()), server.address(change.name()), about);
                }
            }
        }
        for (ConnectionView view : views(server)) {
            Listener was = before.listeners.get(view.listener());
            Listener is = after.listeners.get(view.listener());
            boolean current = was != null && is != null && was.idleMinutes == is.idleMinutes
                    && was.filters == is.filters
                    && was(generations, view) == result.previous();
            long expected = current ? result.generation() : was(generations, view);
            assertEquals(expected, view.generation(), () -> view + ", " + about);
        }
    }

    private static void listener(ConfigurationChange change, @Nullable Listener before, @Nullable Listener after,
            String about) {
        ConfigurationChange.Action expected = before == null
                ? ConfigurationChange.Action.ADDED
                : after == null
                        ? ConfigurationChange.Action.REMOVED
                        : before.equals(after) ? ConfigurationChange.Action.KEPT : ConfigurationChange.Action.CHANGED;
        assertEquals(expected, change.action(), () -> change + ", " + about);
        if (before != null && after != null && expected == ConfigurationChange.Action.CHANGED) {
            String details = String.join("\n", change.details());
            assertEquals(before.idleMinutes != after.idleMinutes,
                    details.contains("timeouts.idle " + before.idleMinutes + "m → " + after.idleMinutes + "m"),
                    details);
            assertEquals(before.maxConnections != after.maxConnections, details.contains("maxConnections"), details);
            assertEquals(before.filters < after.filters, details.contains("filter passing added"), details);
            assertEquals(before.filters > after.filters, details.contains("filter passing removed"), details);
            assertEquals(before.cluster != after.cluster, details.contains("routes changed"), details);
        }
    }

    private static long was(Map<Long, Long> generations, ConnectionView view) {
        return Objects.requireNonNull(generations.get(view.id()));
    }

    private static List<ConnectionView> views(ProxyServer server) {
        return server.engine().view().connections(0, 1_000);
    }
}
