package dev.sluice.runtime.tls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The time for handshakes, which each turn of a loop has anew, and the order of those that wait for it. */
class HandshakeBudgetTest {
    private static final long A_THIRD = 200_000;

    private final HandshakeBudget budget = new HandshakeBudget();
    private final ArrayDeque<Runnable> nextTurn = new ArrayDeque<>();
    private final List<String> served = new ArrayList<>();
    private long now = 7;

    @Test
    void aTurnHasHalfAMillisecond() {
        assertFalse(budget.isFull(false, 0));
        budget.spend(7, 499_999);
        assertFalse(budget.isFull(false, 7));
        budget.spend(7, 1);
        assertTrue(budget.isFull(false, 7));
        assertTrue(budget.isFull(true, 7));
    }

    @Test
    void theNextTurnHasThemAgain() {
        budget.spend(7, 5_000_000);
        assertFalse(budget.isFull(false, 8));
        budget.spend(8, 1);
        assertFalse(budget.isFull(false, 8));
    }

    private void await(String name, boolean begun) {
        budget.await(() -> {
            served.add(name);
            budget.spend(now, A_THIRD);
        }, begun, () -> now, nextTurn::add);
    }

    private void turn() {
        now++;
        for (int i = nextTurn.size(); i > 0; i--) {
            nextTurn.remove().run();
        }
    }

    @Test
    void aTurnServesAsManyAsItHasTimeForInTheirOrder() {
        for (int i = 0; i < 7; i++) {
            await("c" + i, false);
        }
        turn();
        assertEquals(List.of("c0", "c1", "c2"), served);
        turn();
        assertEquals(List.of("c0", "c1", "c2", "c3", "c4", "c5"), served);
        turn();
        assertEquals(7, served.size());
        assertEquals(0, budget.waiting());
        turn();
        assertEquals(0, nextTurn.size(), "nothing is left to be run");
    }

    @Test
    void thoseThatHaveBegunComeFirstInTheirOrder() {
        await("new", false);
        await("begun", true);
        await("begun later", true);
        turn();
        assertEquals(List.of("begun", "begun later", "new"), served);
    }

    @Test
    void aNewOneDoesNotOvertakeThoseThatWait() {
        await("waits", false);
        assertTrue(budget.isFull(false, 8));
        assertFalse(budget.isFull(true, 8), "one that has begun takes the time that there is");
        turn();
        assertFalse(budget.isFull(false, 9));
    }

    @Test
    void theQueueOutlivesADefect() {
        budget.await(() -> {
            throw new IllegalStateException("a defect");
        }, false, () -> now, nextTurn::add);
        await("next", false);
        now++;
        Runnable task = nextTurn.remove();
        try {
            task.run();
        } catch (IllegalStateException e) {
            served.add(String.valueOf(e.getMessage()));
        }
        turn();
        assertEquals(List.of("a defect", "next"), served);
    }
}
