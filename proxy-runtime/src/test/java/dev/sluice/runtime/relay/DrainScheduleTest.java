package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DrainScheduleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long START = -17 * SECOND;
    private static final int CONNECTIONS = 5_000;
    private static final int WINDOWS = 12;

    /** Acceptance of the study: 5,000 connections over 60 s, every 5 s between 7 % and 10 % of them. */
    @Test
    void turnsAreSpreadEvenlyWhereverTheIdsBegin() {
        DrainSchedule schedule = new DrainSchedule(START, 60 * SECOND);
        for (long first : new long[]{1, 1_000_003, 1L << 40}) {
            for (int step = 1; step <= 3; step++) {
                int[] windows = new int[WINDOWS];
                for (int i = 0; i < CONNECTIONS; i++) {
                    long turn = schedule.turn(first + (long) i * step) - START;
                    assertTrue(turn >= 0 && turn < 60 * SECOND);
                    windows[(int) (turn / (5 * SECOND))]++;
                }
                for (int window : windows) {
                    assertTrue(window >= CONNECTIONS * 7 / 100 && window <= CONNECTIONS * 10 / 100,
                            () -> window + " in one window, ids from " + first);
                }
            }
        }
    }

    @Test
    void aConnectionIsClosedAtAQuietMomentAfterItsTurnAndTenSecondsLaterAnyway() {
        DrainSchedule schedule = new DrainSchedule(START, 60 * SECOND);
        long turn = schedule.turn(7);
        assertFalse(schedule.isDue(7, turn - SECOND, turn - 1), "before its turn");
        assertTrue(schedule.isDue(7, turn - SECOND, turn));
        assertFalse(schedule.isDue(7, turn, turn + SECOND / 10), "busy");
        assertTrue(schedule.isDue(7, turn, turn + SECOND / 5));
        assertFalse(schedule.isDue(7, turn + 10 * SECOND - 2, turn + 10 * SECOND - 1));
        assertTrue(schedule.isDue(7, turn + 10 * SECOND, turn + 10 * SECOND));
    }

    @Test
    void withoutAPeriodAllAreDueAtOnce() {
        DrainSchedule schedule = new DrainSchedule(START, 0);
        assertTrue(schedule.isDue(3, START, START));
    }
}
