package dev.sluice.runtime.tls;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The time for handshakes, which each turn of a loop has anew. */
class HandshakeBudgetTest {
    private final HandshakeBudget budget = new HandshakeBudget();

    @Test
    void aTurnHasHalfAMillisecond() {
        assertFalse(budget.isSpent(0));
        budget.spend(7, 499_999);
        assertFalse(budget.isSpent(7));
        budget.spend(7, 1);
        assertTrue(budget.isSpent(7));
    }

    @Test
    void theNextTurnHasThemAgain() {
        budget.spend(7, 5_000_000);
        assertFalse(budget.isSpent(8));
        budget.spend(8, 1);
        assertFalse(budget.isSpent(8));
    }
}
