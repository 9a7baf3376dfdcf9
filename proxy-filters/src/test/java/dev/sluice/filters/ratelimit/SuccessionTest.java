package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A limit that changes while its buckets are in use: no window has more than its largest burst and its fastest rate allow. */
class SuccessionTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int READ = 16 << 10;

    private static TokenBucket limit(String rate, int burst) {
        return TokenBucket.ofConnections(Rate.parse(rate), burst, 0);
    }

    private static TokenBucket bytes(String rate, String burst) {
        return TokenBucket.ofBytes(Rate.parse(rate), ByteSize.parse(burst));
    }

    /** The number of tokens that are there. */
    private static int take(TokenBucket bucket, long[] cells, long now) {
        int taken = 0;
        while (bucket.take(cells, 0, now, 0) == 0) {
            taken++;
        }
        return taken;
    }

    @Test
    void aLimitThatIsTheSameGoesOn() {
        TokenBucket first = limit("20/s", 40);
        long[] cells = {0};
        assertEquals(40, take(first, cells, 0));
        TokenBucket second = limit("20/s", 40).inPlaceOf(first, 0);
        assertSame(first, second);
        assertEquals(0, take(second, cells, 0));
        assertEquals(10, take(second, cells, SECOND / 2));
    }

    @Test
    void aLoweredRateForgivesNothing() {
        TokenBucket first = limit("40/s", 40);
        long[] cells = {0};
        assertEquals(40, take(first, cells, 0));
        TokenBucket second = limit("20/s", 40).inPlaceOf(first, 0);
        assertEquals(0, take(second, cells, 0));
        assertEquals(10, take(second, cells, SECOND / 2));
    }

    /** The bucket cannot say that it has not been used, and is smaller until it would be full anyway. */
    @Test
    void aLoweredRateHasItsWholeBurstWhenTheOldOneIsOver() {
        long[] cells = {0};
        TokenBucket second = limit("20/s", 40).inPlaceOf(limit("40/s", 40), 0);
        assertEquals(20, take(second, cells, 0));
        cells[0] = 0;
        assertEquals(40, take(second, cells, SECOND));
    }

    /** A burst of less than one token would refuse everybody. */
    @Test
    void aLoweredRateLetsOnePass() {
        TokenBucket second = limit("1/m", 1).inPlaceOf(limit("40/s", 1), 0);
        assertEquals(1, take(second, new long[]{0}, 0));
        TokenBucket third = bytes("1KiB/s", "1KiB").inPlaceOf(bytes("1GiB/s", "64MiB"), 0);
        assertTrue(third.permits(new long[]{0}, 0, READ, 0) > 0);
    }

    /** Who raises a limit does it for those that are refused now. */
    @Test
    void aRaisedRateHelpsSoon() {
        TokenBucket first = limit("1/m", 10);
        long[] cells = {0};
        assertEquals(10, take(first, cells, 0));
        assertEquals(0, take(first, cells, SECOND));
        TokenBucket second = limit("100/m", 10).inPlaceOf(first, SECOND);
        assertEquals(0, take(second, cells, SECOND));
        assertEquals(0, take(second, cells, 2 * SECOND));
        assertEquals(1, take(second, cells, 2 * SECOND + 600_000_000));
        assertEquals(10, take(second, cells, 60 * SECOND));

        TokenBucket slow = bytes("1KiB/s", "1MiB");
        long[] gate = {0};
        slow.consume(gate, 0, 1 << 20, 0);
        TokenBucket fast = bytes("1MiB/s", "1MiB").inPlaceOf(slow, 0);
        assertEquals(0, fast.permits(gate, 0, READ, 0));
        assertEquals(SECOND, fast.opensAt(gate, 0, 0));
        assertEquals(0, fast.permits(gate, 0, READ, SECOND));
        long opensAt = fast.opensAt(gate, 0, SECOND);
        assertTrue(opensAt > SECOND && opensAt < SECOND + SECOND / 10, () -> opensAt + " ns");
        assertTrue(fast.permits(gate, 0, READ, opensAt) > 0);
    }

    private static final List<String> RATES = List.of("20/s", "40/s", "7/m", "600/m", "3/s", "100/s", "36000/h");

    /** Ten reloads, at random times, between random limits, by a crowd that never stops. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void connectionsOverTenReloads(long seed) {
        Random random = new Random(seed);
        long origin = random.nextLong();
        long[] cells = {origin};
        TestingMeter meter = new TestingMeter();
        TokenBucket bucket = limit("20/s", 40);
        Rate fastest = bucket.rate();
        int largest = 40;
        long time = 0;
        for (int reload = 0; reload < 10; reload++) {
            long end = time + (long) (30 * SECOND * Math.pow(random.nextDouble(), 3));
            for (; time < end; time += (long) (SECOND * Math.pow(random.nextDouble(), 6))) {
                for (int taken = take(bucket, cells, origin + time); taken > 0; taken--) {
                    meter.pass(time, 1);
                }
            }
            Rate rate = Rate.parse(RATES.get(random.nextInt(RATES.size())));
            int burst = 1 + random.nextInt(60);
            bucket = TokenBucket.ofConnections(rate, burst, 0).inPlaceOf(bucket, origin + time);
            fastest = rate.amount() * (double) fastest.perNanos() > fastest.amount() * (double) rate.perNanos()
                    ? rate
                    : fastest;
            largest = Math.max(largest, burst);
        }
        meter.assertWithin(fastest, largest, 1);
        assertTrue(meter.total() > 50, () -> "only " + meter.total());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bytesOverTenReloads(long seed) {
        Random random = new Random(seed);
        long[] cells = {0};
        TestingMeter meter = new TestingMeter();
        TokenBucket bucket = bytes("1MiB/s", "1MiB");
        Rate fastest = bucket.rate();
        long largest = 1 << 20;
        long time = 0;
        for (int reload = 0; reload < 10; reload++) {
            long end = time + random.nextLong(5 * SECOND);
            while (time < end) {
                int permitted = bucket.permits(cells, 0, READ, time);
                if (permitted == 0) {
                    long opensAt = bucket.opensAt(cells, 0, time);
                    assertTrue(opensAt > time, "a closed gate that asks to be asked at once");
                    time = Math.min(end, opensAt);
                } else {
                    bucket.consume(cells, 0, permitted, time);
                    meter.pass(time, permitted);
                }
            }
            long amount = 64L << (10 + random.nextInt(6));
            long burst = amount << random.nextInt(3);
            Rate rate = new Rate(amount, SECOND, true);
            bucket = TokenBucket.ofBytes(rate, new ByteSize(burst)).inPlaceOf(bucket, time);
            fastest = amount > fastest.amount() ? rate : fastest;
            largest = Math.max(largest, burst);
        }
        meter.assertWithin(fastest, largest, 1);
    }
}
