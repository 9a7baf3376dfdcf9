package dev.sluice.api.config;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RateTest {
    @ParameterizedTest
    @CsvSource({
        "20/s, 20, SECONDS, false",
        "600/m, 600, MINUTES, false",
        "10/h, 10, HOURS, false",
        "10MiB/s, 10485760, SECONDS, true",
        "1KiB/h, 1024, HOURS, true",
        "2048/s, 2048, SECONDS, false"
    })
    void readsAndShowsRates(String text, long amount, TimeUnit unit, boolean ofBytes) {
        Rate rate = Rate.parse(text);
        assertEquals(new Rate(amount, unit.toNanos(1), ofBytes), rate);
        assertEquals(text, rate.toString());
    }

    @ParameterizedTest
    @CsvSource(value = {
        "20; 20/s",
        "20 / s; 20/s",
        "20/sec; 20/s",
        "20 per second; 20/s",
        "600/min; 600/m",
        "600 per minute; 600/m",
        "10/hour; 10/h",
        "10 MB/s; 10MiB/s",
        "10mb; 10MiB/s",
        "20/d;",
        "-1/s;",
        "1.5/s;",
        "fast;",
        "'';",
    }, delimiter = ';')
    void refusesWhatIsNotARateAndGuessesWhatWasMeant(String text, String meant) {
        ConfigException error = assertThrows(ConfigException.class, () -> Rate.parse(text));
        assertEquals("'" + text + "' is not a rate", error.what());
        assertEquals("a rate of at least 1, such as 20/s, 600/m or 10MiB/s", error.allowed());
        assertEquals(meant, error.didYouMean());
    }

    @Test
    void refusesARateThatLetsNothingPass() {
        ConfigException error = assertThrows(ConfigException.class, () -> Rate.parse("0/s"));
        assertEquals("a rate of 0 lets nothing pass", error.what());
        assertThrows(IllegalArgumentException.class, () -> new Rate(1, 0, false));
    }

    @Test
    void refusesWhatNoLongCanHold() {
        assertEquals("'999999999999999999GiB/s' is too large",
                assertThrows(ConfigException.class, () -> Rate.parse("999999999999999999GiB/s")).what());
    }
}
