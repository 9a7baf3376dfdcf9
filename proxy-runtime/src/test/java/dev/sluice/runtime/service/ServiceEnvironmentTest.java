package dev.sluice.runtime.service;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ServiceEnvironmentTest {
    private static final long PID = 4711;

    private static ServiceEnvironment of(Map<String, String> variables) {
        return ServiceEnvironment.of(variables, PID);
    }

    @Test
    void variablesAreRead() {
        assertEquals(new ServiceEnvironment("/run/systemd/notify", Duration.ofSeconds(30)),
                of(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "30000000", "WATCHDOG_PID",
                        "4711")));
        assertEquals(new ServiceEnvironment("@abstract", Duration.ofSeconds(1)),
                of(Map.of("NOTIFY_SOCKET", "@abstract", "WATCHDOG_USEC", "1000000")));
        assertEquals(new ServiceEnvironment(null, null), of(Map.of("NOTIFY_SOCKET", "", "WATCHDOG_USEC", "")));
    }

    @Test
    void theWatchdogOfAnotherProcessIsLeftAlone() {
        assertEquals(new ServiceEnvironment("/n", null),
                of(Map.of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "4712")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "30s", "99999999999999999999"})
    void whatCannotBeUnderstoodIsRefused(String micros) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> of(Map.of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", micros)));
        assertTrue(String.valueOf(refused.getMessage())
                .startsWith("the variable WATCHDOG_USEC is '" + micros + "'; allowed: a whole number, at least 1"));
    }
}
