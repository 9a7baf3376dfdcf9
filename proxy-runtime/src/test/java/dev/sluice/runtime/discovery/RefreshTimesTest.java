package dev.sluice.runtime.discovery;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The times between queries. */
class RefreshTimesTest {
    @ParameterizedTest
    @CsvSource({"-1, 5", "0, 5", "1, 1", "2, 2", "5, 5", "3600, 3600", "3601, 3600", "2147483647, 3600"})
    void aTimeToLiveHasBounds(long said, long counts) {
        assertEquals(Duration.ofSeconds(counts), RefreshTimes.timeToLive(said));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1000", "1, 1, 1100", "5, 0.5, 5250", "10, 1, 10900", "3600, 1, 3600900"})
    void answersAreSpreadByLessThanASecond(long ttl, double chance, long millis) {
        assertEquals(Duration.ofMillis(millis), RefreshTimes.afterAnswer(Duration.ofSeconds(ttl), chance));
    }

    @Test
    void pausesAfterFailuresGrowTo30Seconds() {
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L),
                IntStream.rangeClosed(1, 7).mapToObj(i -> RefreshTimes.afterFailure(i, 0).toSeconds()).toList());
        assertEquals(Duration.ofSeconds(30), RefreshTimes.afterFailure(Integer.MAX_VALUE, 0));
        assertEquals(Duration.ofMillis(30_900), RefreshTimes.afterFailure(Integer.MAX_VALUE, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, -1, 1", "6, -1, 30", "6, 0, 5", "6, 7, 7", "6, 3600, 30", "2, 7, 2"})
    void denialsAreAskedAgainAsSoonAsTheServerSaysButNotWithoutPause(int failures, long ttl, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), RefreshTimes.afterDenial(failures, ttl, 0));
    }
}
