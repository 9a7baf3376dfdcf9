package dev.sluice.runtime.memory;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.memory.Waiter.Urgency;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WaitQueueTest {
    private final WaitQueue queue = new WaitQueue();

    private static final class TestingWaiter extends Waiter {
        @Override
        protected void onMemoryAvailable() {
            throw new AssertionError("a queue calls nobody");
        }
    }

    private TestingWaiter add(Urgency urgency) {
        TestingWaiter waiter = new TestingWaiter();
        queue.add(waiter, urgency);
        assertTrue(waiter.waitingForMemory());
        return waiter;
    }

    private List<Waiter> drain() {
        List<Waiter> order = new ArrayList<>();
        while (queue.size() > 0) {
            Waiter waiter = queue.poll();
            assertFalse(waiter.waitingForMemory());
            order.add(waiter);
        }
        return order;
    }

    @Test
    void theMostUrgentComesFirstAndThenTheOneThatHasWaitedLongest() {
        Waiter start = add(Urgency.START);
        Waiter goesOn = add(Urgency.CONTINUE);
        Waiter finish = add(Urgency.FINISH);
        Waiter goesOnToo = add(Urgency.CONTINUE);
        assertEquals(4, queue.size());
        assertEquals(List.of(finish, goesOn, goesOnToo, start), drain());
    }

    @Test
    void anyOfThemMayLeave() {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiters.add(add(Urgency.CONTINUE));
        }
        for (int leaving : new int[]{4, 2, 0}) {
            queue.remove(waiters.remove(leaving));
        }
        assertEquals(waiters, drain());
        Waiter again = add(Urgency.CONTINUE);
        assertEquals(List.of(again), drain());
    }

    @Test
    void whoIsNotWaitingMayLeaveAndWhoIsMayNotComeAgain() {
        queue.remove(new TestingWaiter());
        assertEquals(0, queue.size());
        Waiter waiter = add(Urgency.START);
        assertThrows(IllegalStateException.class, () -> queue.add(waiter, Urgency.FINISH));
        assertEquals(List.of(waiter), drain());
        assertThrows(IllegalStateException.class, queue::poll);
    }
}
