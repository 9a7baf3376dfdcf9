package dev.sluice.runtime.relay;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class OpenConnectionsTest {
    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void endsWithTheLastConnectionOfAllLoops() {
        OpenConnections connections = new OpenConnections(1, 2);
        connections.opened(0);
        connections.opened(1);
        connections.opened(1);
        assertEquals(3, connections.count());

        connections.closed(0);
        connections.retire(ended::incrementAndGet);
        connections.closed(1);
        assertEquals(0, ended.get());
        connections.closed(1);
        assertEquals(1, ended.get());
    }

    @Test
    void endsAtOnceIfNothingIsOpenAndNeverBeforeItIsRetired() {
        OpenConnections connections = new OpenConnections(1, 1);
        connections.opened(0);
        connections.closed(0);
        assertEquals(0, ended.get());

        connections.retire(ended::incrementAndGet);
        assertEquals(1, ended.get());
        assertThrows(IllegalStateException.class, () -> connections.retire(ended::incrementAndGet));
    }

    /** Two loops that close their last connections at the same moment, while a third thread retires the generation. */
    @Test
    void endsExactlyOnceHoweverLoopsAndRetirementMeet() throws Exception {
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            OpenConnections connections = new OpenConnections(1, 2);
            connections.opened(0);
            connections.opened(1);
            CountDownLatch start = new CountDownLatch(1);
            Thread one = Thread.ofVirtual().start(() -> closeAfter(start, connections, 0));
            Thread other = Thread.ofVirtual().start(() -> closeAfter(start, connections, 1));
            start.countDown();
            connections.retire(ended::incrementAndGet);
            one.join();
            other.join();
            assertEquals(round + 1, ended.get());
        }
    }

    private static void closeAfter(CountDownLatch start, OpenConnections connections, int loop) {
        try {
            start.await();
            connections.closed(loop);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
