package dev.sluice.runtime.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionLimitTest {
    private final List<String> woken = new ArrayList<>();

    private static void acquire(ConnectionLimit limit, int connections) {
        for (int i = 0; i < connections; i++) {
            assertTrue(limit.tryAcquire());
        }
    }

    @Test
    void admitsAsManyAsItSaysAndAnyNumberWithoutAMaximum() {
        ConnectionLimit limit = new ConnectionLimit("listener a", 2);
        assertTrue(limit.tryAcquire());
        assertTrue(limit.tryAcquire());
        assertFalse(limit.tryAcquire());
        assertEquals(2, limit.active());

        limit.max(0);
        assertTrue(limit.tryAcquire());
        assertEquals(0, limit.max());
    }

    @Test
    void aLoweredMaximumAdmitsNobodyUntilThereIsRoom() {
        ConnectionLimit limit = new ConnectionLimit("listener a", 3);
        acquire(limit, 3);

        limit.max(1);
        assertEquals(3, limit.active(), "nobody is cut");
        limit.release();
        limit.release();
        assertFalse(limit.tryAcquire());
        limit.release();
        assertTrue(limit.tryAcquire());
    }

    @Test
    void waitersAreRunOnceByAReleaseAndByARaisedMaximum() {
        ConnectionLimit limit = new ConnectionLimit("listener a", 1);
        assertTrue(limit.tryAcquire());
        limit.whenRoom(() -> woken.add("first"));
        limit.whenRoom(() -> woken.add("second"));
        assertEquals(List.of(), woken);

        limit.release();
        assertEquals(List.of("first", "second"), woken);

        assertTrue(limit.tryAcquire());
        limit.whenRoom(() -> woken.add("third"));
        limit.max(1);
        assertEquals(2, woken.size(), "there is no room yet");
        limit.max(2);
        limit.max(3);
        assertEquals(List.of("first", "second", "third"), woken);
    }

    @Test
    void aTaskRunsAtOnceWhereThereIsRoom() {
        new ConnectionLimit("listener a", 1).whenRoom(() -> woken.add("now"));
        assertEquals(List.of("now"), woken);
    }

    @Test
    void aConnectionReleasedTwiceIsADefectThatIsNamed() {
        ConnectionLimit limit = new ConnectionLimit("listener a", 1);
        assertTrue(limit.tryAcquire());
        limit.release();
        assertEquals("listener a: a connection was released that was never acquired, or released twice",
                assertThrows(IllegalStateException.class, limit::release).getMessage());
        assertEquals(0, limit.active());
    }

    @Test
    void refusesANegativeMaximum() {
        assertEquals("listener a: maxConnections is -1; allowed are 1 and more, or 0 for no limit",
                assertThrows(IllegalArgumentException.class, () -> new ConnectionLimit("listener a", -1)).getMessage());
    }

    @Test
    void theEndOfTheLastConnectionIsAwaited() throws Exception {
        ConnectionLimit limit = new ConnectionLimit("process", 2);
        assertTrue(limit.awaitIdle(0), "nothing is open");
        acquire(limit, 2);
        assertFalse(limit.awaitIdle(1));

        CompletableFuture<Boolean> idle = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                idle.complete(limit.awaitIdle(TimeUnit.MINUTES.toNanos(1)));
            } catch (InterruptedException e) {
                idle.completeExceptionally(e);
            }
        });
        limit.release();
        assertFalse(idle.isDone());
        limit.release();
        assertTrue(idle.get(20, TimeUnit.SECONDS));
        waiting.join();
    }
}
