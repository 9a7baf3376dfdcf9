package dev.sluice.runtime.loop;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class TurnTimesTest {
    private static final long PERIOD = TurnTimes.PERIOD_NANOS;
    /** Near the end of the clock's numbers, which wrap around. */
    private static final long BEGIN = Long.MAX_VALUE - PERIOD / 2;

    private final TurnTimes times = new TurnTimes(BEGIN);

    private void turn(long at, long nanos) {
        times.turned(BEGIN + at - nanos, BEGIN + at);
    }

    private long longest(long at) {
        return times.longestNanos(BEGIN + at);
    }

    @Test
    void theLongestOfTwoPeriodsIsKnown() {
        assertEquals(0, longest(0));
        turn(10, 3);
        turn(20, 7);
        turn(30, 5);
        assertEquals(7, longest(30));
        turn(PERIOD, 4);
        assertEquals(7, longest(PERIOD));
        turn(2 * PERIOD - 1, 6);
        assertEquals(7, longest(2 * PERIOD - 1));
        turn(2 * PERIOD, 1);
        assertEquals(6, longest(2 * PERIOD));
        turn(3 * PERIOD, 1);
        assertEquals(1, longest(3 * PERIOD));
    }

    @Test
    void aLoopThatSleepsForgets() {
        turn(10, 7);
        assertEquals(7, longest(2 * PERIOD - 1));
        assertEquals(0, longest(2 * PERIOD));
        turn(5 * PERIOD, 2);
        assertEquals(2, longest(5 * PERIOD), "what was before is too long ago");
    }
}
