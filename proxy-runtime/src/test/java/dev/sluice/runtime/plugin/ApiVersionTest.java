package dev.sluice.runtime.plugin;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Compatibility of API versions. */
class ApiVersionTest {
    @ParameterizedTest
    @CsvSource({"1.0.0,1.0.0", "1.0.0,1.4.0", "1.4.0,1.4.0", "1.4.7,1.4.2", "0.1.0,0.1.0", "0.1.3,0.1.0", "0.1.0,0.1.9",
        "1.4.0-SNAPSHOT,1.4.0", "1.4.0,1.4.0-SNAPSHOT", "0.1.0,0.1.0-SNAPSHOT", "1.2,1.2.0", "1.2.0+build.5,1.2.0",
        "10.9.0,10.10.0"})
    void fits(String needed, String running) {
        assertNull(misfit(needed, running));
    }

    @ParameterizedTest
    @CsvSource({"0.3.0,0.1.0", "0.2.0-SNAPSHOT,0.1.0-SNAPSHOT", "1.5.0,1.4.9", "2.0.0,1.9.0", "1.0.0,0.9.0",
        "10.10.0,10.9.0"})
    void needsANewerOne(String needed, String running) {
        assertEquals("needs Sluice API " + needed + ", this is " + running
                + ": upgrade Sluice or install an older plugin", misfit(needed, running));
    }

    @ParameterizedTest
    @CsvSource({"0.1.0,0.2.0", "1.9.0,2.0.0", "0.9.0,1.0.0"})
    void needsAnOlderOne(String needed, String running) {
        assertEquals("was made for Sluice API " + needed + ", this is " + running
                + ", which is not compatible: install a newer plugin", misfit(needed, running));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "one.two", "1.x", "v1.2", "-1.2", "1.2x", "12345678901234.1"})
    void isNoVersion(String text) {
        assertNull(ApiVersion.parse(text));
    }

    @Test
    void thatOfThisProcessIsReadBesideTheClass() {
        ApiVersion running = Objects.requireNonNull(ApiVersion.running());
        assertTrue(running.text().matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?"), running.text());
    }

    private static @Nullable String misfit(String needed, String running) {
        return Objects.requireNonNull(ApiVersion.parse(needed))
                .misfit(Objects.requireNonNull(ApiVersion.parse(running)));
    }
}
