package dev.sluice.runtime.chain;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.observe.Events;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

class FilterSlotTest {
    private static final int RACES = 100_000;
    /** Before the processor is left to others: there may be only one. */
    private static final int SPINS = 1_000;
    private static final ConnectionInfo CONNECTION = mock(ConnectionInfo.class);

    private static FilterSlot slot(Supplier<ConnectionFilter> filters) {
        return new FilterSlot(new FilterState("listener", "name", 2, new Events()), "type", 0,
                ToyFilters.factory(FilterTraits.connectionOnly(), filters), null);
    }

    private static ConnectionFilter stateful() {
        return new ConnectionFilter() {
        };
    }

    /** The filter that a connection works with, as {@link ConnectionChain#filter} finds it. */
    private static ConnectionFilter filterOf(FilterSlot slot, @Nullable ConnectionFilter own) {
        return own == null ? slot.shared() : own;
    }

    @Test
    void aFactoryWithOneInstanceCostsConnectionsNoReference() {
        ConnectionFilter only = stateful();
        FilterSlot slot = slot(() -> only);

        assertNull(slot.newFilter(CONNECTION));
        assertNull(slot.newFilter(CONNECTION));
        assertSame(only, slot.shared());
    }

    @Test
    void ofAFactoryThatMakesOneForEachConnectionOnlyTheFirstIsShared() {
        FilterSlot slot = slot(FilterSlotTest::stateful);

        assertNull(slot.newFilter(CONNECTION));
        ConnectionFilter second = slot.newFilter(CONNECTION);

        assertNotNull(second);
        assertNotSame(slot.shared(), second);
    }

    @Test
    void aFactoryThatMakesNoneBreaksItsContract() {
        FilterSlot slot = new FilterSlot(new FilterState("listener", "name", 1, new Events()), "type", 0,
                ToyFilters.factory(FilterTraits.connectionOnly(), () -> null), null);

        assertThrows(FilterContractException.class, () -> slot.newFilter(CONNECTION));
        assertThrows(IllegalStateException.class, slot::shared);
    }

    @Test
    void anExplanationThatFailsIsASentenceToo() {
        assertEquals("decides when a connection comes", slot(FilterSlotTest::stateful).explain(CONNECTION, 0));
        FilterFactory failing = mock(FilterFactory.class);
        when(failing.traits()).thenReturn(FilterTraits.connectionOnly());
        when(failing.explain(CONNECTION)).thenThrow(new IllegalStateException("no table")).thenReturn(null)
                .thenReturn("x".repeat(5_000)).thenReturn("accepts\nroute  all\u001b[2J")
                .thenThrow(new IllegalStateException("two\nlines"));
        FilterSlot slot = new FilterSlot(new FilterState("listener", "name", 1, new Events()), "type", 0, failing,
                new Quarantine.Rule(1, 10, 10, true));

        assertEquals("cannot explain it: java.lang.IllegalStateException: no table", slot.explain(CONNECTION, 0));
        assertEquals("gives no explanation", slot.explain(CONNECTION, 0));
        assertEquals(1_001, slot.explain(CONNECTION, 0).length());
        assertEquals("accepts\uFFFDroute  all\uFFFD[2J", slot.explain(CONNECTION, 0));
        assertEquals("cannot explain it: java.lang.IllegalStateException: two\uFFFDlines", slot.explain(CONNECTION, 0));
        assertEquals(0, slot.failures(), "asking counts nothing");

        slot.onStall(0);
        assertEquals("is quarantined: new connections bypass it", slot.explain(CONNECTION, 5));
    }

    /** The first connections of a generation may come on several loops at once: two of them with one stateful filter would run it on two threads. */
    @Test
    void twoLoopsThatAreFirstTogetherGetTwoFilters() throws Exception {
        FilterSlot[] slots = new FilterSlot[RACES];
        for (int i = 0; i < RACES; i++) {
            slots[i] = slot(FilterSlotTest::stateful);
        }
        AtomicInteger arrivals = new AtomicInteger();
        try (ExecutorService loops = Executors.newFixedThreadPool(2)) {
            Future<ConnectionFilter[]> first = loops.submit(() -> race(slots, arrivals));
            Future<ConnectionFilter[]> second = loops.submit(() -> race(slots, arrivals));
            int shared = 0;
            for (int i = 0; i < RACES; i++) {
                shared += filterOf(slots[i], first.get()[i]).equals(filterOf(slots[i], second.get()[i])) ? 1 : 0;
            }
            assertEquals(0, shared, "pairs of connections with one filter, of " + RACES);
        }
    }

    /** Each slot is asked by both at once: a thread that waited in the kernel would come too late for a window of nanoseconds. */
    @SuppressWarnings("ThreadPriorityCheck") // on one processor the other thread has to get its turn
    private static ConnectionFilter[] race(FilterSlot[] slots, AtomicInteger arrivals) {
        ConnectionFilter[] own = new ConnectionFilter[slots.length];
        for (int i = 0; i < slots.length; i++) {
            arrivals.incrementAndGet();
            for (int spins = 0; arrivals.get() < 2 * (i + 1); spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            own[i] = slots[i].newFilter(CONNECTION);
        }
        return own;
    }
}
