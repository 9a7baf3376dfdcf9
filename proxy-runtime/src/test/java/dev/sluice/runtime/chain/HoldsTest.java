package dev.sluice.runtime.chain;

import java.time.Duration;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.observe.Events;
import org.junit.jupiter.api.Test;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Rules of holds by themselves: no loop, no memory, no clock. */
class HoldsTest {
    private static final long NOW = -1_000;
    private static final long SILENCE = 10;
    private static final long DEADLINE = 30;
    private static final FilterTraits HOLDS = FilterTraits.inspects(UP).holds(8, Duration.ofNanos(DEADLINE));

    private static Cursor cursor(FilterTraits traits) {
        ConnectionFilter filter = new ConnectionFilter() {
        };
        FilterSlot slot = new FilterSlot(new FilterState("edge", "f", 1, new Events()), "toy", 0,
                ToyFilters.factory(traits, () -> filter), null);
        Cursor cursor = new Cursor(slot, filter, Thread.currentThread(), 0, traits.beforeRouting());
        Holds.start(cursor, NOW);
        return cursor;
    }

    @Test
    void onlyAFilterThatIsWaitedForHasADeadlineFromTheStart() {
        assertEquals(Cursor.NONE, cursor(HOLDS).deadline);
        assertEquals(NOW + DEADLINE, cursor(HOLDS.waitedForBeforeRouting()).deadline);
        assertEquals(NOW + SILENCE, cursor(HOLDS.waitedForBeforeRouting(Duration.ofNanos(SILENCE))).deadline);
    }

    @Test
    void theFirstByteEndsTheSilenceAndNoLaterOneMovesTheDeadline() {
        Cursor cursor = cursor(HOLDS.waitedForBeforeRouting(Duration.ofNanos(SILENCE)));
        assertEquals(HoldExpiry.SILENCE, Holds.deadlineCause(cursor));
        Holds.begun(cursor, NOW + 9);
        assertEquals(NOW + 9 + DEADLINE, cursor.deadline);
        assertEquals(HoldExpiry.DEADLINE, Holds.deadlineCause(cursor));
        Holds.begun(cursor, NOW + 20);
        assertEquals(NOW + 9 + DEADLINE, cursor.deadline);

        Cursor oneTime = cursor(HOLDS.waitedForBeforeRouting());
        assertEquals(HoldExpiry.DEADLINE, Holds.deadlineCause(oneTime));
        Holds.begun(oneTime, NOW + 9);
        assertEquals(NOW + DEADLINE, oneTime.deadline);
    }

    @Test
    void aFilterIsShownAsMuchAsItMayHoldAndAsThereIsRoomFor() {
        assertEquals(8, Holds.portion(cursor(HOLDS), 20, Integer.MAX_VALUE));
        assertEquals(5, Holds.portion(cursor(HOLDS), 5, Integer.MAX_VALUE));
        assertEquals(20, Holds.portion(cursor(FilterTraits.inspects(UP)), 20, Integer.MAX_VALUE));
        assertEquals(3, Holds.portion(cursor(HOLDS), 20, 3));
    }

    @Test
    void aCallShowsSomethingNewThatIsEnough() {
        Cursor cursor = cursor(HOLDS);
        assertFalse(Holds.isWorthCalling(cursor, 0, 0, true));
        assertTrue(Holds.isWorthCalling(cursor, 3, 3, false));
        cursor.shown = 3;
        assertFalse(Holds.isWorthCalling(cursor, 3, 3, false));
        assertTrue(Holds.isWorthCalling(cursor, 3, 3, true));
        cursor.need = 6;
        assertFalse(Holds.isWorthCalling(cursor, 5, 5, false));
        assertTrue(Holds.isWorthCalling(cursor, 6, 6, false));
        // It cannot be shown as much as it needs: all that it may hold is there.
        cursor.need = 9;
        assertTrue(Holds.isWorthCalling(cursor, 20, 8, false));
    }

    @Test
    void whatIsLeftIsAllowedUndeclaredOrTooMuch() {
        assertEquals(Holds.Left.ALLOWED, Holds.left(cursor(HOLDS), 0));
        assertEquals(Holds.Left.ALLOWED, Holds.left(cursor(HOLDS), 7));
        assertEquals(Holds.Left.FULL, Holds.left(cursor(HOLDS), 8));
        assertEquals(Holds.Left.UNDECLARED, Holds.left(cursor(FilterTraits.inspects(UP)), 1));
        Cursor greedy = cursor(HOLDS);
        greedy.need = 9;
        assertEquals(Holds.Left.FULL, Holds.left(greedy, 1));
        Cursor blocked = cursor(HOLDS);
        blocked.blocked = true;
        assertEquals(Holds.Left.ALLOWED, Holds.left(blocked, 8));
    }

    @Test
    void timeRunsWhileSomethingIsHeldThatHasRoom() {
        Cursor cursor = cursor(HOLDS);
        Holds.watch(cursor, 3, NOW);
        assertEquals(NOW + DEADLINE, cursor.deadline);
        Holds.watch(cursor, 4, NOW + 7);
        assertEquals(NOW + DEADLINE, cursor.deadline, "from the first of what is held");
        assertFalse(Holds.due(cursor, HoldExpiry.DEADLINE, 4, NOW + DEADLINE - 1));
        assertTrue(Holds.due(cursor, HoldExpiry.DEADLINE, 4, NOW + DEADLINE));
        cursor.blocked = true;
        assertFalse(Holds.due(cursor, HoldExpiry.DEADLINE, 4, NOW + DEADLINE));
        Holds.watch(cursor, 4, NOW + 8);
        assertEquals(Cursor.NONE, cursor.deadline);
        cursor.blocked = false;
        Holds.watch(cursor, 0, NOW + 9);
        assertEquals(Cursor.NONE, cursor.deadline);
    }

    @Test
    void aFullBufferMakesThoseDecideThatHoldOrAreWaitedFor() {
        assertFalse(Holds.due(cursor(HOLDS), HoldExpiry.FULL, 0, NOW));
        assertTrue(Holds.due(cursor(HOLDS), HoldExpiry.FULL, 1, NOW));
        assertTrue(Holds.due(cursor(HOLDS.waitedForBeforeRouting()), HoldExpiry.FULL, 0, NOW));
    }

    @Test
    void nothingIsWaitedForASecondTime() {
        for (HoldExpiry cause : HoldExpiry.values()) {
            Cursor cursor = cursor(HOLDS.waitedForBeforeRouting(Duration.ofNanos(SILENCE)));
            Holds.expired(cursor, cause, true);
            assertEquals(cause == HoldExpiry.FULL, cursor.beforeRouting, cause::name);
            assertFalse(cursor.silent);
        }
        Cursor full = cursor(HOLDS.waitedForBeforeRouting());
        Holds.expired(full, HoldExpiry.FULL, false);
        assertFalse(full.beforeRouting);
        assertEquals(Cursor.NONE, full.deadline);
    }
}
