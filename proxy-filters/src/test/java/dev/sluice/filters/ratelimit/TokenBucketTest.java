package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Fault 49: in any window no more than {@code burst + rate·t + 1}, and 98 % of the rate for who always wants more. */
class TokenBucketTest {
    private static final int READ = 64 << 10;
    /** The clock may be about to wrap around. */
    private static final List<Long> ORIGINS = List.of(-Duration.ofHours(1).toNanos(), 0L, Long.MAX_VALUE - 1_000);

    private static long[] full(long now) {
        return new long[]{now};
    }

    /** The number of connections that a bucket lets pass, on whatever thread. */
    @ParameterizedTest
    @CsvSource({"20/s, 40", "1/h, 1", "1/s, 1", "7/m, 3", "3/s, 1", "999983/m, 17", "10000000/s, 1",
        "10000000/s, 1000000",
        "1/h, 8760"})
    void connections(String text, int burst) {
        Rate rate = Rate.parse(text);
        TokenBucket bucket = TokenBucket.ofConnections(rate, burst, 0);
        long interval = rate.perNanos() / rate.amount();
        for (long origin : ORIGINS) {
            long[] cells = full(origin);
            TestingMeter random = new TestingMeter();
            Random gaps = new Random(origin);
            long time = 0;
            for (int i = 0; i < 20_000; i++) {
                // Sometimes a crowd, sometimes long pauses, often about the rate.
                time += (long) (interval * Math.pow(gaps.nextDouble() * 1.5, 8));
                if (bucket.take(cells, 0, origin + time, 0) == 0) {
                    random.pass(time, 1);
                }
            }
            random.assertWithin(rate, burst, 1);

            cells = full(origin);
            TestingMeter greedy = new TestingMeter();
            time = 0;
            for (int i = 0; i < 20_000; i++) {
                time += bucket.waitFor(cells, 0, origin + time);
                assertEquals(0, bucket.take(cells, 0, origin + time, 0));
                greedy.pass(time, 1);
            }
            greedy.assertWithin(rate, burst, 1);
            greedy.assertReached(rate, time, 98);
        }
    }

    @Test
    void whoMayWaitGetsATimeOfItsOwn() {
        TokenBucket bucket = TokenBucket.ofConnections(Rate.parse("10/s"), 2, 0);
        long[] cells = full(0);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            waits.add(bucket.take(cells, 0, 5, Duration.ofMillis(300).toNanos()));
        }
        assertEquals(List.of(0L, 0L, 100_000_000L, 200_000_000L, 300_000_000L, TokenBucket.TOO_LONG), waits);
        // Who was refused took nothing.
        assertEquals(400_000_000L, bucket.waitFor(cells, 0, 5));
        assertEquals(1L, bucket.take(cells, 0, 400_000_004L, 1));
    }

    @Test
    void aPauseFillsTheBucketAndNoMore() {
        TokenBucket bucket = TokenBucket.ofConnections(Rate.parse("20/s"), 3, 0);
        long[] cells = full(0);
        for (Duration pause : List.of(Duration.ZERO, Duration.ofMillis(150), Duration.ofDays(300 * 290))) {
            long now = pause.toNanos();
            for (int i = 0; i < 3; i++) {
                assertEquals(0, bucket.take(cells, 0, now, 0), pause::toString);
            }
            assertEquals(TokenBucket.TOO_LONG, bucket.take(cells, 0, now, 0));
        }
    }

    /** A willing sender whose wake-ups are as late as a busy loop's timers. */
    @ParameterizedTest
    @CsvSource({"10MiB/s, 1MiB, 55", "10MiB/s, 512KiB, 55", "100KiB/s, 5120, 55", "1KiB/s, 64KiB, 5", "1KiB/s, 1KiB, 5",
        "20KiB/s, 20KiB, 25", "60/m, 60, 5", "3/s, 1, 3", "1/h, 1, 1", "3600/h, 10, 1", "1GiB/s, 64MiB, 55",
        "999983/s, 123457, 55"})
    void bytes(String text, String burstText, int mostWakeUpsPerSecond) {
        Rate rate = Rate.parse(text);
        ByteSize burst = ByteSize.parse(burstText);
        TokenBucket bucket = TokenBucket.ofBytes(rate, burst);
        for (long origin : ORIGINS) {
            long[] cells = full(origin);
            TestingMeter meter = new TestingMeter();
            Random random = new Random(origin);
            long end = Math.max(Duration.ofSeconds(20).toNanos(), 20 * rate.perNanos() / rate.amount());
            long wakeUps = 0;
            long time = 0;
            while (time < end) {
                int permitted = bucket.permits(cells, 0, READ, origin + time);
                if (permitted == 0) {
                    long opensAt = bucket.opensAt(cells, 0, origin + time) - origin;
                    assertTrue(opensAt > time, "a closed gate that asks to be asked at once");
                    time = opensAt + random.nextLong(Duration.ofMillis(5).toNanos());
                    wakeUps++;
                } else {
                    int read = random.nextInt(4) == 0 ? 1 + random.nextInt(permitted) : permitted;
                    bucket.consume(cells, 0, read, origin + time);
                    meter.pass(time, read);
                    time += 10_000;
                }
            }
            meter.assertWithin(rate, burst.bytes(), 1);
            meter.assertReached(rate, time, 98);
            long most = mostWakeUpsPerSecond * Duration.ofNanos(time).toSeconds();
            assertTrue(wakeUps <= most, wakeUps + " wake-ups instead of " + most);
        }
    }

    /** Reads of a nanosecond: what is rounded must not be what is limited. */
    @Test
    void theFastestBandwidth() {
        Rate rate = Rate.parse("1024GiB/s");
        ByteSize burst = ByteSize.parse("64GiB");
        TokenBucket bucket = TokenBucket.ofBytes(rate, burst);
        long[] cells = full(0);
        TestingMeter meter = new TestingMeter();
        long time = 0;
        for (int i = 0; i < 2_000_000; i++) {
            int permitted = bucket.permits(cells, 0, READ, time);
            if (permitted == 0) {
                time = bucket.opensAt(cells, 0, time);
            } else {
                bucket.consume(cells, 0, permitted, time);
                meter.pass(time, permitted);
            }
        }
        meter.assertWithin(rate, burst.bytes(), 1);
        meter.assertReached(rate, time, 98);
    }

    @ParameterizedTest
    @CsvSource({"10MiB/s, 62914560", "3/s, 1", "3/s, 40", "3/s, 62914560", "1/h, 1", "1/h, 40", "7/m, 1", "7/m, 40",
        "1GiB/s, 62914560"})
    void aBurstPassesAtOnceAndWhole(String text, int burst) {
        TokenBucket bucket = TokenBucket.ofBytes(Rate.parse(text), new ByteSize(burst));
        long[] cells = full(0);
        assertEquals(burst, bucket.permits(cells, 0, Integer.MAX_VALUE, 0));
        bucket.consume(cells, 0, burst, 0);
        assertEquals(0, bucket.permits(cells, 0, 1, 0));
    }

    /** A small wish is not kept waiting until a large one would be granted. */
    @Test
    void whoWantsLittleNeedsLittle() {
        TokenBucket bucket = TokenBucket.ofBytes(Rate.parse("10000000/s"), ByteSize.parse("1000000"));
        long[] cells = full(0);
        bucket.consume(cells, 0, 999_900, 0);
        assertEquals(0, bucket.permits(cells, 0, READ, 0));
        assertEquals(100, bucket.permits(cells, 0, 100, 0));
        assertEquals(0, bucket.permits(cells, 0, 101, 0));
    }

    @Test
    void whatIsOverdrawnIsPaidBack() {
        TokenBucket bucket = TokenBucket.ofBytes(Rate.parse("1MiB/s"), ByteSize.parse("64KiB"));
        long[] cells = full(0);
        bucket.consume(cells, 0, READ, 0);
        bucket.consume(cells, 0, READ, 0);
        long second = Duration.ofSeconds(1).toNanos();
        assertEquals(0, bucket.permits(cells, 0, 1, second / 16));
        long opensAt = bucket.opensAt(cells, 0, second / 16);
        assertTrue(opensAt > second / 16 && opensAt < second / 8, () -> opensAt + " ns");
        assertEquals(0, bucket.permits(cells, 0, READ, opensAt - 1));
        assertTrue(bucket.permits(cells, 0, READ, opensAt) > 0);
        assertEquals(READ, bucket.permits(cells, 0, READ, second / 8));
    }

    // ── threads ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void threadsGetExactlyTheBurstTogether() throws Exception {
        TokenBucket bucket = TokenBucket.ofConnections(Rate.parse("20/s"), 10_000, 0);
        long[] cells = full(0);
        AtomicLong taken = new AtomicLong();
        for (int round = 1; round <= 20; round++) {
            TestingThreads.run(thread -> {
                while (bucket.take(cells, 0, 0, 0) == 0) {
                    taken.incrementAndGet();
                }
            });
            assertEquals(10_000L * round, taken.get());
            cells[0] = 0;
        }
    }

    /**
     * Each looks at a clock that others have moved since, by up to a second: event loops see the time when their turn
     * began.
     */
    @Test
    void threadsWithClocksOfDifferentAge() throws Exception {
        Rate rate = Rate.parse("200/s");
        TokenBucket bucket = TokenBucket.ofConnections(rate, 40, 0);
        long[] cells = full(0);
        AtomicLong clock = new AtomicLong();
        TestingMeter meter = new TestingMeter();
        TestingThreads.run(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 50_000; i++) {
                long now = clock.addAndGet(random.nextInt(20_000));
                if (random.nextInt(100) == 0) {
                    now -= random.nextLong(Duration.ofSeconds(1).toNanos());
                }
                if (bucket.take(cells, 0, now, 0) == 0) {
                    meter.pass(now, 1);
                }
            }
        });
        meter.assertWithin(rate, 40, 1);
        meter.assertReached(rate, clock.get(), 98);
    }

    /**
     * A gate is asked before and told after a read, and others read meanwhile: each may overdraw the bucket by one
     * read.
     */
    @Test
    void threadsOverdrawByOneReadEach() throws Exception {
        Rate rate = Rate.parse("10MiB/s");
        ByteSize burst = ByteSize.parse("1MiB");
        TokenBucket bucket = TokenBucket.ofBytes(rate, burst);
        long[] cells = full(0);
        AtomicLong clock = new AtomicLong();
        TestingMeter meter = new TestingMeter();
        TestingThreads.run(thread -> {
            for (int i = 0; i < 20_000; i++) {
                long now = clock.addAndGet(40_000);
                int permitted = bucket.permits(cells, 0, READ, now);
                if (permitted > 0) {
                    bucket.consume(cells, 0, permitted, now);
                    meter.pass(now, permitted);
                }
            }
        });
        meter.assertWithin(rate, burst.bytes(), (TestingThreads.COUNT - 1L) * READ + 1);
        meter.assertReached(rate, clock.get(), 98);
    }
}
