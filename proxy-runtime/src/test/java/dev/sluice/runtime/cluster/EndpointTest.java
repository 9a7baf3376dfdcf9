package dev.sluice.runtime.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.endpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1:443",
        "::1, [::1]:443",
        "::, [::]:443",
        "2001:db8::, [2001:db8::]:443",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:443",
        "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:443",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:443",
        "0:1:2:3:4:5:6:7, [0:1:2:3:4:5:6:7]:443",
        "fe80::1%3, [fe80::1%3]:443"
    })
    void labelIsTheAddressAsConfigurationWritesIt(String literal, String label) throws Exception {
        assertEquals(label,
                new Endpoint(new InetSocketAddress(InetAddress.getByName(literal), 443), 1, 0, false).label());
    }

    @Test
    void labelOfASocketFileAndOfANameThatIsNotResolved() {
        assertEquals("unix:/run/app.sock",
                new Endpoint(UnixDomainSocketAddress.of("/run/app.sock"), 1, 0, false).label());
        assertEquals("db.internal:5432",
                new Endpoint(InetSocketAddress.createUnresolved("db.internal", 5432), 1, 0, false).label());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, PT10S, weight is 0; allowed are 1 to 256",
        "257, 0, PT10S, weight is 257; allowed are 1 to 256",
        "1, -1, PT10S, 'maxConnections is -1; allowed are 1 and more, or 0 for no limit'",
        "1, 0, PT0S, the fail window is PT0S; it must be positive"
    })
    void refusesImpossibleValues(int weight, int maxConnections, Duration window, String problem) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("a", 1);
        var error = assertThrows(IllegalArgumentException.class,
                () -> new Endpoint(address, weight, maxConnections, false, window));
        assertEquals("endpoint a:1: " + problem, error.getMessage());
    }

    /** nanoTime starts anywhere and may overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -10 * SECOND, -1, Long.MAX_VALUE - 5 * SECOND, Long.MAX_VALUE, Long.MIN_VALUE})
    void aFailureIsHeldAgainstItForOneWindow(long now) {
        Endpoint endpoint = endpoint(1, 1);
        assertTrue(endpoint.believedUp(now));
        endpoint.connectFailed(now);
        assertFalse(endpoint.believedUp(now));
        assertFalse(endpoint.believedUp(now + WINDOW - SECOND));
        assertFalse(endpoint.reserve(now + WINDOW - SECOND));
        assertTrue(endpoint.believedUp(now + WINDOW));
        assertEquals(0, endpoint.active());
    }

    @Test
    void afterTheWindowOneConnectionTriesAndTheOthersWaitForWhatItFinds() {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectFailed(0);
        assertTrue(endpoint.reserve(WINDOW));
        assertFalse(endpoint.reserve(WINDOW));
        assertFalse(endpoint.reserve(WINDOW + SECOND));
        assertFalse(endpoint.believedUp(WINDOW + SECOND));

        assertTrue(endpoint.failed(), "nothing is decided yet");

        endpoint.connectSucceeded(WINDOW + SECOND);
        assertFalse(endpoint.failed());
        assertTrue(endpoint.reserve(WINDOW + SECOND));
        assertTrue(endpoint.reserve(WINDOW + SECOND));
        assertEquals(3, endpoint.active());
    }

    @Test
    void aTrialThatFailsCostsAnotherWindow() {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectFailed(0);
        assertTrue(endpoint.reserve(WINDOW));
        long failed = WINDOW + 3 * SECOND;
        endpoint.connectFailed(failed);
        assertFalse(endpoint.reserve(failed + WINDOW - SECOND));
        assertTrue(endpoint.reserve(failed + WINDOW));
    }

    @Test
    void aTrialThatNobodyReportsIsFreeAgainAfterTheWindow() {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectFailed(0);
        assertTrue(endpoint.reserve(WINDOW));
        endpoint.release();
        assertFalse(endpoint.reserve(2 * WINDOW - SECOND), "the next impatient client may not follow at once");
        assertTrue(endpoint.reserve(2 * WINDOW));
        assertFalse(endpoint.reserve(2 * WINDOW));
        endpoint.connectSucceeded(2 * WINDOW);
        assertTrue(endpoint.reserve(2 * WINDOW));
    }

    @Test
    void aSuccessBegunBeforeTheFailureChangesNothing() {
        Endpoint endpoint = endpoint(1, 1);
        assertTrue(endpoint.reserve(0));
        assertTrue(endpoint.reserve(0));
        endpoint.connectFailed(SECOND);
        endpoint.connectSucceeded(SECOND + 1);
        assertFalse(endpoint.believedUp(SECOND + 2));
        assertTrue(endpoint.believedUp(SECOND + WINDOW));
    }

    @Test
    void aLastResortIsATrialToo() {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectFailed(0);
        assertTrue(endpoint.reserveLastResort(SECOND));
        endpoint.connectSucceeded(SECOND);
        assertTrue(endpoint.believedUp(SECOND));
    }

    @Test
    void countsReports() {
        Endpoint endpoint = endpoint(1, 1);
        endpoint.connectSucceeded(0);
        endpoint.connectSucceeded(0);
        endpoint.connectFailed(0);
        assertEquals(2, endpoint.connects());
        assertEquals(1, endpoint.connectFailures());
    }
}
