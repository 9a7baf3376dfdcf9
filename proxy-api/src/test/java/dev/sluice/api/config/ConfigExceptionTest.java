package dev.sluice.api.config;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class ConfigExceptionTest {
    @Test
    void tellsWhereWhatAndWhatInstead() {
        ConfigException exception = new ConfigException("rules[2].deny[0]", "10.0.0.1/8 has host bits",
                "a network", "10.0.0.0/8");
        assertEquals("rules[2].deny[0]", exception.key());
        assertEquals("10.0.0.1/8 has host bits", exception.what());
        assertEquals("rules[2].deny[0]: 10.0.0.1/8 has host bits; allowed: a network; did you mean '10.0.0.0/8'?",
                exception.getMessage());
        assertEquals("a network", exception.allowed());
        assertEquals("10.0.0.0/8", exception.didYouMean());
    }

    @Test
    void mayBeAboutTheWhole() {
        ConfigException exception = new ConfigException("burst is smaller than rate");
        assertNull(exception.key());
        assertEquals("burst is smaller than rate", exception.what());
        assertEquals("burst is smaller than rate", exception.getMessage());
        assertNull(exception.allowed());
        assertNull(exception.didYouMean());
    }
}
