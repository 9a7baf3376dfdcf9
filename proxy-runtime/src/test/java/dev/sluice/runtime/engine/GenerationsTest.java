package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;
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

    private Generation publish(int number, String cluster, int maxConnections) throws Exception {
        Generation generation = new GenerationBuilder(running).build(number, TestingConfigurations.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: %s, maxConnections: %d } ]
                clusters: [ { name: %1$s, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(cluster, maxConnections)), PluginRegistry.open(null, List.of()));
        generations.publish(generation);
        return generation;
    }

    private static ListenerGeneration listener(Generation generation) {
        return generation.listeners().values().iterator().next();
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
    void anOldOneIsClosedAfterItsLastConnectionAndNotOnThatConnectionsThread() throws Exception {
        Generation first = publish(1, "app", 10);
        first.connections().opened(LOOP);
        Generation second = publish(2, "app", 10);
        assertEquals(List.of(first, second), generations.alive());

        first.connections().closed(LOOP);
        assertEquals(List.of(first, second), generations.alive(), "that is for the executor to do");
        toClose.forEach(Runnable::run);
        assertEquals(List.of(second), generations.alive());

        generations.close();
        assertEquals(List.of(), generations.alive());
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
        new GenerationBuilder(running).build(2, TestingConfigurations.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app, maxConnections: 99 } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """), PluginRegistry.open(null, List.of()));
        assertEquals(10, listener(first).limit().max());
    }

    @Test
    void whatIsInNoConfigurationIsForgottenWhenItHasNoConnection() throws Exception {
        Generation first = publish(1, "app", 10);
        ClusterState old = cluster(first).state();
        assertTrue(old.limit().tryAcquire());
        publish(2, "other", 10);
        assertSame(old, running.cluster("app"), "a connection counts there");

        old.limit().release();
        publish(3, "other", 10);
        assertNotSame(old, running.cluster("app"));
    }
}
