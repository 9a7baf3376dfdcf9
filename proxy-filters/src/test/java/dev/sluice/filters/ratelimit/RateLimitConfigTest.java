package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RateLimitConfigTest {
    private static ConnectionRate rate(String rate, int burst) {
        return new ConnectionRate(Scope.SOURCE, Rate.parse(rate), burst, Exceeded.REJECT, Optional.empty());
    }

    private static ConnectionRate delay(Exceeded exceeded, Duration maxDelay) {
        return new ConnectionRate(Scope.SOURCE, Rate.parse("20/s"), 40, exceeded, Optional.of(maxDelay));
    }

    private static Bandwidth bandwidth(BandwidthScope per, String rate, String burst) {
        return new Bandwidth(BandwidthDirection.BOTH, per, Rate.parse(rate), ByteSize.parse(burst));
    }

    private static RateLimitConfig config(List<ConnectionRate> connections, List<ConcurrentLimit> concurrent,
            List<Bandwidth> bandwidth, int tableSize) {
        return new RateLimitConfig(connections, concurrent, bandwidth, tableSize);
    }

    private static void assertRefused(String key, String what, Executable configuration) {
        ConfigException refusal = assertThrows(ConfigException.class, configuration);
        assertEquals(what, refusal.what());
        assertEquals(key.isEmpty() ? null : key, refusal.key());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10MiB/s | 1 | rate | 10MiB/s is a rate of bytes, not of connections",
        "10000001/s | 1 | rate | no machine accepts 10000001/s, so this would limit nothing",
        "600000001/m | 1 | rate | no machine accepts 600000001/m, so this would limit nothing",
        "999999999999999999/s | 1 | rate | no machine accepts 999999999999999999/s, so this would limit nothing",
        "20/s | 0 | burst | a burst of 0 would admit no connection",
        "20/s | -1 | burst | a burst of -1 would admit no connection",
        "1/h | 8761 | burst | a burst of 8761 takes more than a year to come in at 1/h",
        "1000/h | 2147483647 | burst | a burst of 2147483647 takes more than a year to come in at 1000/h"})
    void connections(String rate, int burst, String key, String what) {
        assertRefused(key, what, () -> rate(rate, burst));
    }

    @Test
    void extremesThatCanBeCountedAreFine() {
        rate("1/h", 8760);
        rate("10000000/s", Integer.MAX_VALUE);
        bandwidth(BandwidthScope.LISTENER, "1/h", "1");
        bandwidth(BandwidthScope.LISTENER, "1024GiB/s", "1024GiB");
        new ConcurrentLimit(Scope.LISTENER, Integer.MAX_VALUE);
        delay(Exceeded.DELAY, Duration.ofMinutes(10));
    }

    @Test
    void delays() {
        assertRefused("maxDelay", "no connection waits with 'exceeded: reject'",
                () -> delay(Exceeded.REJECT, Duration.ofSeconds(1)));
        assertRefused("maxDelay", "a wait of 0ms", () -> delay(Exceeded.DELAY, Duration.ZERO));
        assertRefused("maxDelay", "a wait of 600001ms", () -> delay(Exceeded.DELAY, Duration.ofMillis(600_001)));
    }

    @Test
    void concurrent() {
        assertRefused("max", "0 connections at once would admit no connection",
                () -> new ConcurrentLimit(Scope.SOURCE, 0));
        ConcurrentLimit limit = new ConcurrentLimit(Scope.SOURCE, 1);
        assertRefused("concurrent", "two limits for the same connections; the larger one would never matter",
                () -> config(List.of(), List.of(limit, limit), List.of(), 1));
    }

    /** A suggested burst is accepted, and is not much larger than needed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1025GiB/s | 1GiB | rate | no network is as fast as 1025GiB/s, so this would limit nothing |",
        "8589934591GiB/h | 1GiB | rate | no network is as fast as 8589934591GiB/h, so this would limit nothing |",
        "10MiB/s | 0 | burst | a burst of 0 bytes would let nothing pass |",
        "10MiB/s | 1KiB | burst | the rate could not be reached: 10MiB/s brings more than a burst of 1KiB in 50ms | 512KiB",
        "11MiB/s | 512KiB | burst | the rate could not be reached: 11MiB/s brings more than a burst of 512KiB in 50ms | 1MiB",
        "1024GiB/s | 1GiB | burst | the rate could not be reached: 1024GiB/s brings more than a burst of 1GiB in 50ms | 64GiB",
        "1KiB/h | 9MiB | burst | a burst of 9MiB takes more than a year to come in at 1KiB/h |"})
    void bandwidths(String rate, String burst, String key, String what, String meant) {
        ConfigException refusal = assertThrows(ConfigException.class,
                () -> bandwidth(BandwidthScope.SOURCE, rate, burst));
        assertEquals(what, refusal.what());
        assertEquals(key, refusal.key());
        assertEquals(meant, refusal.didYouMean());
        if (meant != null) {
            bandwidth(BandwidthScope.SOURCE, rate, meant);
        }
    }

    @Test
    void lists() {
        assertRefused("", "this filter limits nothing", () -> config(List.of(), List.of(), List.of(), 1));
        ConnectionRate rate = rate("20/s", 40);
        assertRefused("connections", "9 limits are too many",
                () -> config(Collections.nCopies(9, rate), List.of(), List.of(), 1));
        Bandwidth bandwidth = bandwidth(BandwidthScope.SOURCE, "1MiB/s", "1MiB");
        assertRefused("bandwidth", "9 limits are too many",
                () -> config(List.of(), List.of(), Collections.nCopies(9, bandwidth), 1));
        Bandwidth own = bandwidth(BandwidthScope.CONNECTION, "1MiB/s", "1MiB");
        assertRefused("bandwidth", "more than 3 limits per connection",
                () -> config(List.of(), List.of(), Collections.nCopies(4, own), 1));
        for (int size : new int[]{-1, 0, 10_000_001}) {
            assertRefused("tableSize", "a table of " + size + " sources",
                    () -> config(List.of(rate), List.of(), List.of(), size));
        }
    }
}
