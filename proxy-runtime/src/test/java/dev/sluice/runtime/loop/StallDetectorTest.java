package dev.sluice.runtime.loop;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The watchdog's decisions, by a clock of the test. */
class StallDetectorTest {
    private final LoopCounters loop = new LoopCounters(0);
    private final StallCounters findings = new StallCounters(0);
    private final StallDetector detector = new StallDetector(loop, findings);

    @Test
    void aCallbackOfAHundredMillisecondsIsReportedOnce() {
        loop.turnStarted(0);
        assertFalse(detector.sample(millis(50)));
        assertFalse(detector.sample(millis(100)));
        assertTrue(detector.sample(millis(150)));
        assertFalse(detector.sample(millis(200)));
        assertEquals(1, findings.stalls());
        assertEquals(millis(150), findings.longestStallNanos());
    }

    @Test
    void aTurnOfManyShortCallbacksIsNoStall() {
        loop.turnStarted(0);
        for (int i = 1; i <= 10; i++) {
            loop.heartbeat();
            assertFalse(detector.sample(millis(60L * i)));
        }
        assertEquals(0, findings.stalls());
    }

    @Test
    void theNextStallIsReportedAgain() {
        loop.turnStarted(0);
        detector.sample(millis(0));
        assertTrue(detector.sample(millis(100)));
        loop.heartbeat();
        assertFalse(detector.sample(millis(150)));
        assertTrue(detector.sample(millis(250)));
        assertEquals(2, findings.stalls());
    }

    @Test
    void aLoopThatWaitsIsNotStuckHoweverLong() {
        loop.turnStarted(0);
        detector.sample(millis(50));
        loop.turnEnded(0);
        assertFalse(detector.sample(millis(100)));
        assertFalse(detector.sample(millis(5_000)));
        assertTrue(detector.idle());
    }

    @Test
    void aLoopThatHasTurnedSinceTheLastSampleIsNotIdle() {
        loop.turnStarted(0);
        loop.turnEnded(0);
        assertFalse(detector.idle());
        detector.sample(millis(50));
        assertTrue(detector.idle());
        loop.turnStarted(0);
        assertFalse(detector.idle());
    }

    /** The pause was an hour without samples; what blocks now has begun now, and is reported after as long as any other. */
    @Test
    void whatBlocksRightAfterAPauseIsReportedInTime() {
        detector.sample(millis(0));
        long hour = Duration.ofHours(1).toNanos();
        loop.turnStarted(0);
        detector.resume(hour);
        assertFalse(detector.sample(hour + millis(50)));
        assertTrue(detector.sample(hour + millis(100)));
        assertEquals(millis(100), findings.longestStallNanos());
    }

    @Test
    void theBusyRatioIsAnAverageOverAboutTenSeconds() {
        loop.turnStarted(0);
        for (int i = 1; i <= 2_000; i++) {
            loop.heartbeat();
            detector.sample(millis(50L * i));
        }
        assertEquals(1, findings.busyRatio(millis(100_000)), 0.001);
        loop.turnEnded(0);
        for (int i = 2_001; i <= 2_200; i++) {
            detector.sample(millis(50L * i));
        }
        assertEquals(1 / Math.E, findings.busyRatio(millis(110_000)), 0.001);
    }

    @Test
    void withoutSamplesTheBusyRatioFallsAsThatOfAnIdleLoop() {
        loop.turnStarted(0);
        for (int i = 1; i <= 2_000; i++) {
            loop.heartbeat();
            detector.sample(millis(50L * i));
        }
        assertEquals(1 / Math.E, findings.busyRatio(millis(110_000)), 0.001);
        detector.resume(millis(110_000));
        assertEquals(1 / Math.E, findings.busyRatio(millis(110_000)), 0.001);
        assertEquals(1 / Math.E / Math.E, findings.busyRatio(millis(120_000)), 0.001);
    }

    private static long millis(long count) {
        return Duration.ofMillis(count).toNanos();
    }
}
