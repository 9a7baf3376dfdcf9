package dev.sluice.filters.faults;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.fault.CutPoint;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FaultConfigTest {
    private static void refused(String what, Executable making) {
        assertEquals(what, assertThrows(ConfigException.class, making).what());
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        refused("a reset after 0 bytes would come before any byte is seen", () -> Faults.resetAfter(0));
        refused("an end after 0 bytes would come before any byte is seen", () -> Faults.finishAfter(0));
        refused("a share of 0.0", () -> Faults.garble(0));
        refused("a share of 1.5", () -> Faults.refuse().toxicity(1.5));
        refused("it is smaller than min, 4", () -> Faults.slice(4, 3));
        refused("a time of PT1H0.001S", () -> Faults.latency(Duration.ofHours(1).plusMillis(1)));
        refused("there is no latency that it could vary", () -> Faults.refuse().jitter(Duration.ofMillis(1)));
        refused("it is longer than the latency, 5ms",
                () -> Faults.latency(Duration.ofMillis(5)).jitter(Duration.ofMillis(6)));
        refused("refuse acts before the connection is routed", () -> Faults.refuse().cluster("web"));
        refused("another fault is called 'a' too",
                () -> new FaultConfig(List.of(Faults.refuse().name("a"), Faults.blackHole().name("a"))));
    }

    @Test
    void aPlaceIsASizeOrATime() {
        assertEquals(Faults.resetAfter(65_536).resetAfter().orElseThrow(), CutPoint.parse("64KiB"));
        assertEquals(Faults.resetAfter(Duration.ofSeconds(3)).resetAfter().orElseThrow(), CutPoint.parse("3s"));
        refused("'soon' is neither a size nor a time", () -> CutPoint.parse("soon"));
    }

    @Test
    void modifiersOfAnotherKindAreRefused() {
        Fault fault = Faults.refuse();
        assertThrows(IllegalStateException.class, () -> fault.every(Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> fault.thenReset(Duration.ZERO));
    }
}
