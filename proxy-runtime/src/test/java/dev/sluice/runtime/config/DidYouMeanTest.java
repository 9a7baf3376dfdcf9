package dev.sluice.runtime.config;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class DidYouMeanTest {
    private static final List<String> KEYS = List.of("idle", "halfClosed", "writeStall", "listen", "listeners", "web",
            "maxConnections");

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "idel,idle", "ilde,idle", "idl,idle", "idlee,idle", "Idle,idle",
        "half_closed,halfClosed", "half-closed,halfClosed", "halfclose,halfClosed", "haflClosd,halfClosed",
        "listener,listeners", "listn,listen", "wbe,web", "max_conections,maxConnections",
        "xyz,-", "timeout,-", "w,-", "idleTimeout,-", "'',-"})
    void nearest(String typo, String expected) {
        assertEquals(expected, DidYouMean.among(KEYS, typo));
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,acb,1", "abc,ab,1", "abc,abcd,1", "abc,axc,1", "kitten,sitting,3", "'',abc,3",
        "ca,abc,3"})
    void distance(String a, String b, int expected) {
        assertEquals(expected, DidYouMean.distance(a, b));
        assertEquals(expected, DidYouMean.distance(b, a));
    }
}
