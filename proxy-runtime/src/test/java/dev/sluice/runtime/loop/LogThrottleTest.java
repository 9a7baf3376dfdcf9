package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LogThrottleTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private final LogThrottle throttle = new LogThrottle(Duration.ofSeconds(10));

    @Test
    void theFirstIsLoggedAtOnceWhateverTheClockSays() {
        assertEquals(0, throttle.admit(Long.MIN_VALUE + 1));
        assertEquals(0, new LogThrottle(Duration.ofSeconds(10)).admit(0));
        assertEquals(0, new LogThrottle(Duration.ofSeconds(10)).admit(Long.MAX_VALUE));
    }

    @Test
    void theNextOneSaysHowManyWereLeftOut() {
        assertEquals(0, throttle.admit(0));
        assertEquals(LogThrottle.NOT_NOW, throttle.admit(1));
        assertEquals(LogThrottle.NOT_NOW, throttle.admit(10 * SECOND - 1));
        assertEquals(2, throttle.admit(10 * SECOND));
        assertEquals(LogThrottle.NOT_NOW, throttle.admit(11 * SECOND));
        assertEquals(1, throttle.admit(100 * SECOND));
        assertEquals(0, throttle.admit(110 * SECOND));
    }

    @Test
    void theClockMayWrapAround() {
        assertEquals(0, throttle.admit(Long.MAX_VALUE - SECOND));
        assertEquals(LogThrottle.NOT_NOW, throttle.admit(Long.MIN_VALUE));
        assertEquals(1, throttle.admit(Long.MIN_VALUE + 10 * SECOND));
    }

    @Test
    void noMessageOfManyThreadsIsUncounted() throws InterruptedException {
        AtomicLong logged = new AtomicLong();
        AtomicLong clock = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int k = 0; k < 50_000; k++) {
                    long leftOut = throttle.admit(clock.addAndGet(SECOND / 100));
                    if (leftOut != LogThrottle.NOT_NOW) {
                        logged.addAndGet(1 + leftOut);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long rest = throttle.admit(clock.get() + 20 * SECOND);
        assertTrue(rest >= 0);
        assertEquals(200_000, logged.get() + rest);
    }

    @Test
    void theSentenceEndsAsItDidIfNothingWasLeftOut() {
        assertEquals("", LogThrottle.leftOut(0));
        assertEquals(" (and 12 more since the last report)", LogThrottle.leftOut(12));
    }
}
