package dev.sluice.runtime.health;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckScheduleTest {
    private static final int DRAWS = 10_000;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RandomGenerator random = new SplittableRandom(7);

    /** Draws are within the bounds, and near both. */
    private static void assertSpread(long least, long greatest, LongSupplier draw) {
        var seen = LongStream.range(0, DRAWS).map(i -> draw.getAsLong()).summaryStatistics();
        double near = (greatest - least) / 50.0;
        assertTrue(seen.getMin() >= least && seen.getMin() <= least + near, () -> "least of " + seen);
        assertTrue(seen.getMax() <= greatest && seen.getMax() >= greatest - near, () -> "greatest of " + seen);
        assertEquals((least + greatest) / 2.0, seen.getAverage(), near, "mean");
    }

    private CheckSchedule every(Duration interval) {
        return new CheckSchedule(interval, random);
    }

    @Test
    void theFirstCheckIsWithinASecond() {
        assertSpread(0, SECOND, () -> every(Duration.ofSeconds(5)).first());
        assertSpread(0, SECOND / 5, () -> every(Duration.ofMillis(200)).first());
    }

    @Test
    void theSecondCheckIsAnywhereInTheInterval() {
        assertSpread(SECOND, 5 * SECOND, () -> every(Duration.ofSeconds(5)).regular());
    }

    @Test
    void laterOnesAreWithinTheLastTenthOfTheInterval() {
        CheckSchedule schedule = every(Duration.ofSeconds(5));
        schedule.regular();
        assertSpread(5 * SECOND * 9 / 10, 5 * SECOND, schedule::regular);
    }

    @Test
    void urgentOnesAreWithinASecondOrTheInterval() {
        assertSpread(SECOND * 9 / 10, SECOND, every(Duration.ofSeconds(5))::urgent);
        assertSpread(SECOND / 5 * 9 / 10, SECOND / 5, every(Duration.ofMillis(200))::urgent);
    }

    @Test
    void longPausesEndOnTicksAndShortOnesWhenTheyEnd() {
        long from = Long.MAX_VALUE - SECOND;
        for (int i = 0; i < DRAWS; i++) {
            long pause = random.nextLong(SECOND, 10 * SECOND);
            long early = from + pause - CheckSchedule.end(from, pause);
            assertTrue(early >= 0 && early <= SECOND / 14, () -> early + " ns before the end of " + pause);
            assertEquals(0, CheckSchedule.end(from, pause) % (1 << 26));
        }
        assertEquals(from + SECOND / 5, CheckSchedule.end(from, SECOND / 5));
    }

    @Test
    void theShortestIntervalIsNoReasonToStop() {
        CheckSchedule schedule = every(Duration.ofNanos(1));
        for (int i = 0; i < DRAWS; i++) {
            assertTrue(schedule.first() >= 0 && schedule.regular() >= 1 && schedule.urgent() >= 1);
        }
    }
}
