package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TimerWheelTest {
    private static final long START = -7_000_000_123L;
    private static final long TICK = TimerWheel.TICK_NANOS;

    private final TimerWheel wheel = new TimerWheel(START);
    private final List<TestingTimer> fired = new ArrayList<>();

    private final class TestingTimer extends Timer {
        private long deadline;
        private long firedAt = Long.MIN_VALUE;

        @Override
        protected void onExpiry(long now) {
            firedAt = now;
            fired.add(this);
        }

        @Override
        protected void onExpiryFailed(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private TestingTimer arm(long afterNanos) {
        TestingTimer timer = new TestingTimer();
        timer.deadline = START + afterNanos;
        wheel.arm(timer, timer.deadline);
        return timer;
    }

    @Test
    void firesNeverEarlyAndAtMostOneTickLateAtEveryDistance() {
        List<TestingTimer> timers = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            // From less than a tick to weeks, which is beyond the reach of the wheel.
            timers.add(arm((long) (Math.pow(10, 3 + random.nextDouble() * 12.5))));
        }
        long now = START;
        while (wheel.size() > 0) {
            now += wheel.nanosToNext(now);
            wheel.advance(now);
        }
        assertEquals(timers.size(), fired.size());
        for (TestingTimer timer : timers) {
            long late = timer.firedAt - timer.deadline;
            assertTrue(late >= 0 && late < TICK, () -> "fired " + late + " ns after the deadline");
        }
    }

    @Test
    void firesInTimeWhateverTheStepsOfTheClock() {
        Random random = new Random(2);
        List<TestingTimer> armed = new ArrayList<>();
        long now = START;
        for (int step = 0; step < 20_000; step++) {
            now += (long) (Math.pow(10, 3 + random.nextDouble() * 8));
            long before = now;
            wheel.advance(now);
            armed.removeIf(timer -> {
                boolean due = before - timer.deadline >= TICK;
                assertTrue(!due || timer.firedAt != Long.MIN_VALUE, "overdue timer did not fire");
                assertTrue(timer.firedAt == Long.MIN_VALUE || timer.firedAt >= timer.deadline, "timer fired early");
                return timer.firedAt != Long.MIN_VALUE;
            });
            TestingTimer timer = new TestingTimer();
            timer.deadline = now + (long) (Math.pow(10, 3 + random.nextDouble() * 10));
            wheel.arm(timer, timer.deadline);
            armed.add(timer);
        }
        assertEquals(armed.size(), wheel.size());
    }

    @Test
    void armingAgainMovesATimerAndDisarmingForgetsIt() {
        TestingTimer moved = arm(Duration.ofSeconds(1).toNanos());
        TestingTimer forgotten = arm(Duration.ofSeconds(1).toNanos());
        wheel.arm(moved, START + Duration.ofSeconds(3).toNanos());
        wheel.disarm(forgotten);
        wheel.disarm(forgotten);
        assertEquals(1, wheel.size());

        wheel.advance(START + Duration.ofSeconds(2).toNanos());
        assertTrue(fired.isEmpty());
        wheel.advance(START + Duration.ofSeconds(4).toNanos());
        assertEquals(List.of(moved), fired);
        assertFalse(moved.armed());
        assertEquals(-1, wheel.nanosToNext(START + Duration.ofSeconds(4).toNanos()));
    }

    @Test
    void aTimerMayArmItselfAgainWhenItFires() {
        int[] count = new int[1];
        Timer periodic = new Timer() {
            @Override
            protected void onExpiry(long now) {
                count[0]++;
                wheel.arm(this, now + 10 * TICK);
            }

            @Override
            protected void onExpiryFailed(Throwable failure) {
                throw new AssertionError(failure);
            }
        };
        wheel.arm(periodic, START + 10 * TICK);
        for (int i = 1; i <= 100; i++) {
            wheel.advance(START + i * 10L * TICK);
        }
        assertEquals(100, count[0]);
        assertEquals(1, wheel.size());
    }

    @Test
    void aTimerThatThrowsIsToldAndTheOthersFire() {
        RuntimeException defect = new RuntimeException("defect");
        List<Throwable> told = new ArrayList<>();
        Timer throwing = new Timer() {
            @Override
            protected void onExpiry(long now) {
                throw defect;
            }

            @Override
            protected void onExpiryFailed(Throwable failure) {
                told.add(failure);
            }
        };
        arm(TICK);
        wheel.arm(throwing, START + TICK);
        arm(TICK);
        wheel.advance(START + 2 * TICK);
        assertEquals(List.of(defect), told);
        assertEquals(2, fired.size());
        assertEquals(0, wheel.size());
    }
}
