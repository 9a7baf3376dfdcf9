package dev.sluice.runtime.config;

import java.time.Duration;

import dev.sluice.runtime.yaml.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static dev.sluice.runtime.config.TestingConfig.shortened;
import static org.junit.jupiter.api.Assertions.assertEquals;

class QuantitiesTest {
    private static final ScalarParser<Duration> DURATION = Quantities.duration(Duration.ofMillis(1),
            Duration.ofDays(30));
    private static final ScalarParser<Long> SIZE = Quantities.size(0, 1L << 40);

    private static String outcome(ScalarParser<?> parser, String text) {
        return TestingConfig.outcome(parser, text, Node.Kind.TEXT);
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "3s,PT3S", "5m,PT5M", "1h,PT1H", "1ms,PT0.001S", "720h,PT720H", "2592000000ms,PT720H"})
    void durations(String text, String value) {
        assertEquals(value, outcome(DURATION, text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "0s => ! '0s' is out of range",
        "721h => ! '721h' is out of range",
        "9223372036854775807s => ! '9223372036854775807s' is not a duration",
        "999999999999999999h => ! '999999999999999999h' is out of range",
        "-5s => ! '-5s' is negative",
        "60 => ! '60' has no unit | 60s",
        "0 => ! '0' has no unit",
        "05s => ! '05s' is not a duration | 5s",
        "5 s => ! '5 s' is not a duration | 5s",
        "5S => ! '5S' is not a duration | 5s",
        "90sec => ! '90sec' is not a duration | 90s",
        "5min => ! '5min' is not a duration | 5m",
        "1.5s => ! '1.5s' is not a duration | 1500ms",
        "1.5m => ! '1.5m' is not a duration | 90s",
        "1d => ! '1d' is not a duration | 24h",
        "31d => ! '31d' is not a duration",
        "10us => ! '10us' is not a duration",
        "1h30m => ! '1h30m' is not a duration",
        "٣s => ! '٣s' is not a duration",
        "fast => ! 'fast' is not a duration"})
    void refusedDurations(String row) {
        assertRow(row,
                text -> shortened(outcome(DURATION, text), "a duration from 1ms to 720h, such as 250ms, 3s, 5m or 1h"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "512,512", "64KiB,65536", "10MiB,10485760", "1GiB,1073741824", "1024GiB,1099511627776"})
    void sizes(String text, String value) {
        assertEquals(value, outcome(SIZE, text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "64KB => ! '64KB' is not a size | 64KiB",
        "64k => ! '64k' is not a size | 64KiB",
        "64kib => ! '64kib' is not a size | 64KiB",
        "64 KiB => ! '64 KiB' is not a size | 64KiB",
        "10M => ! '10M' is not a size | 10MiB",
        "512B => ! '512B' is not a size | 512",
        "1.5MiB => ! '1.5MiB' is not a size | 1536KiB",
        "0.3KiB => ! '0.3KiB' is not a size",
        "1025GiB => ! '1025GiB' is out of range",
        "9999999999GiB => ! '9999999999GiB' is out of range",
        "-1 => ! '-1' is negative",
        "1TiB => ! '1TiB' is not a size",
        "0x10 => ! '0x10' is not a size",
        "1e3 => ! '1e3' is not a size"})
    void refusedSizes(String row) {
        assertRow(row,
                text -> shortened(outcome(SIZE, text), "a size from 0 to 1024GiB, such as 512, 64KiB, 10MiB or 1GiB"));
    }

    @Test
    void somethingLongIsCut() {
        assertEquals(
                "! '" + "9".repeat(60)
                        + "…' is not a size | a size from 0 to 1024GiB, such as 512, 64KiB, 10MiB or 1GiB",
                outcome(SIZE, "9".repeat(100_000)));
    }

    @Test
    void wholeSeconds() {
        ScalarParser<Duration> seconds = Quantities.seconds(1, 100);
        assertEquals("PT1M", outcome(seconds, "1m"));
        assertEquals("PT2S", outcome(seconds, "2000ms"));
        assertEquals("! '2500ms' is not a number of whole seconds | whole seconds from 1s to 100s | 2s",
                outcome(seconds, "2500ms"));
    }

    @Test
    void amountsAreShownAsTheyAreWritten() {
        assertEquals("90s", Quantities.show(Duration.ofSeconds(90)));
        assertEquals("2h", Quantities.show(Duration.ofHours(2)));
        assertEquals("0s", Quantities.show(Duration.ZERO));
        assertEquals("1536KiB", Quantities.show(3L << 19));
        assertEquals("1000", Quantities.show(1000));
    }
}
