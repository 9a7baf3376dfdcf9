package dev.sluice.api;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CounterTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "cache_misses", "http2_frames", "a1_2_b",
        "x23456789_123456789_123456789_123456789_123456789_123456789_1234"})
    void takesLowerCaseWordsJoinedByUnderscores(String name) {
        assertEquals(name, Counter.requireName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "cacheMisses", "1st", "_a", "a_", "a__b", "a-b", "a.b", "a b", "é", "a\n",
        "x23456789_123456789_123456789_123456789_123456789_123456789_12345"})
    void refusesOtherNames(String name) {
        String message = assertThrows(IllegalArgumentException.class, () -> Counter.requireName(name)).getMessage();
        assertTrue(message != null && message.contains("'" + name + "'"), message);
    }
}
