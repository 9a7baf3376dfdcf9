package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;
import dev.sluice.runtime.wiring.SourceAnswers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GenerationsTest {
    private static final int LOOP = 1;

    private final Running running = new Running(2);
    private final List<Runnable> toClose = new ArrayList<>();
    private final Generations generations = new Generations(toClose::add);

    private Generation build(int number, String cluster, int maxConnections, @Nullable Generation previous)
            throws Exception {
        return new GenerationBuilder(running, SourceAnswers.NONE).build(number, TestingConfigurations.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: %s, timeouts: { idle: %dm },
                    maxConnections: %2$d } ]
                clusters: [ { name: %1$s, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(cluster, maxConnections)), PluginRegistry.open(null, List.of()), previous);
    }

    private Generation publish(int number, String cluster, int maxConnections) throws Exception {
        Generation before = number == 1 ? null : generations.serving();
        Generation generation = build(number, cluster, maxConnections, before);
        generations.publish(generation, new ConfigSource("test", ""));
        if (before != null) {
            before.listenersNotIn(generation).forEach(generations::retire);
        }
        return generation;
    }

    private static ListenerGeneration listener(Generation generation) {
        return generation.listeners().values().iterator().next().listener();
    }

    private static Cluster cluster(Generation generation) {
        return generation.clusters().values().iterator().next();
    }

    @Test
    void theLastOnePublishedServes() throws Exception {
        assertThrows(IllegalStateException.class, generations::serving);
        Generation first = publish(1, "app", 10);
        assertSame(first, generations.serving());
        Generation second = publish(2, "app", 10);
        assertSame(second, generations.serving());
        assertEquals(2, generations.serving().number());
    }

    @Test
    void whatIsEqualIsTheSameObjectAndCountsAsOfTheNewest() throws Exception {
        Generation first = publish(1, "app", 10);
        Generation second = publish(2, "app", 10);
        assertSame(listener(first), listener(second));
        assertSame(cluster(first), cluster(second));
        assertEquals(2, listener(first).generation());
        assertEquals(List.of(), generations.retired());

        Generation third = publish(3, "other", 10);
        assertSame(listener(first), listener(third), "whatever becomes of its routes");
        assertNotSame(cluster(first), cluster(third));
    }

    @Test
    void oldSettingsAreClosedAfterTheirLastConnectionAndNotOnThatConnectionsThread() throws Exception {
        ListenerGeneration old = listener(publish(1, "app", 10));
        old.connections().opened(LOOP);
        publish(2, "app", 20);
        assertEquals(List.of(old), retired());
        assertEquals(1, old.generation());

        old.connections().closed(LOOP);
        assertEquals(List.of(old), retired(), "that is for the executor to do");
        toClose.forEach(Runnable::run);
        assertEquals(List.of(), retired());
        generations.close();
    }

    @Test
    void aListenerThatStillEmptiesItsBacklogIsRetiredAfterIt() throws Exception {
        ListenerGeneration old = listener(publish(1, "app", 10));
        CompletableFuture<Void> closed = new CompletableFuture<>();
        List<String> order = new ArrayList<>();
        generations.retireAfter(closed, old, () -> order.add("barrier"));
        assertEquals(List.of(old), retired());
        assertEquals(List.of(), toClose);

        closed.complete(null);
        toClose.removeFirst().run();
        assertEquals(List.of("barrier"), order);
        toClose.removeFirst().run();
        assertEquals(List.of(), retired());
    }

    private List<ListenerGeneration> retired() {
        return generations.retired().stream().map(Generations.Retired::listener).toList();
    }

    @Test
    void statesOutliveGenerationsAndLimitsChangeWithThem() throws Exception {
        Generation first = publish(1, "app", 10);
        Generation second = publish(2, "app", 20);
        assertSame(listener(first).state(), listener(second).state());
        assertSame(cluster(first).state(), cluster(second).state());
        assertSame(cluster(first).endpoints().list().getFirst().state(),
                cluster(second).endpoints().list().getFirst().state());
        assertEquals(20, listener(first).limit().max());
    }

    @Test
    void buildingAGenerationChangesNoLimit() throws Exception {
        Generation first = publish(1, "app", 10);
        build(2, "app", 99, first).discard(first);
        assertEquals(10, listener(first).limit().max());
    }

    @Test
    void whatIsInNoConfigurationIsForgottenWhenItHasNoConnection() throws Exception {
        Generation first = publish(1, "app", 10);
        ClusterState old = cluster(first).state();
        assertTrue(old.limit().tryAcquire());
        Generation second = publish(2, "other", 10);
        running.prune(second.configuration(), Set.of());
        assertSame(old, running.cluster("app"), "a connection counts there");

        old.limit().release();
        running.prune(second.configuration(), Set.of());
        assertNotSame(old, running.cluster("app"));
    }

    @Test
    void totalsDoNotFallWhenAListenerIsForgotten() throws Exception {
        Generation first = publish(1, "app", 10);
        listener(first).counters().getFirst().accepted();
        assertEquals(1, running.totals().accepted());
        running.prune(TestingConfigurations.parse("""
                listeners: [ { name: another, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """), Set.of("edge"));
        assertSame(listener(first).state(), running.listener("edge"), "it still gets connections");
        running.prune(TestingConfigurations.parse("""
                listeners: [ { name: another, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """), Set.of());
        assertNotSame(listener(first).state(), running.listener("edge"));
        assertEquals(1, running.totals().accepted());
    }
}
