package dev.sluice.api.testkit;

import java.time.Duration;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GateTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Lets four bytes of the client pass per second, from when the first passed; all of the endpoint's. */
    private static final class TestingGate implements ConnectionFilter, ReadGate, FilterFactory {
        private static final int PER_SECOND = 4;

        int left = PER_SECOND;
        long refillAt;
        int asked;

        @Override
        public FilterTraits traits() {
            return FilterTraits.connectionOnly();
        }

        @Override
        public ConnectionFilter newFilter(ConnectionInfo connection) {
            return this;
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            asked++;
            if (direction == UPSTREAM_TO_CLIENT) {
                return UNLIMITED;
            }
            if (left == 0 && refillAt - nowNanos <= 0) {
                left = PER_SECOND;
            }
            return left;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return refillAt;
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            if (direction == CLIENT_TO_UPSTREAM) {
                left -= bytes;
                refillAt = nowNanos + SECOND.toNanos();
            }
        }
    }

    private final TestingGate gate = new TestingGate();

    @Test
    void readsBringWhatTheGatePermits() {
        TestingConnection connection = TestingConnection.of(gate).connect();
        connection.client("0123456789");
        assertEquals("0123", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(6, connection.unreadBytes(CLIENT_TO_UPSTREAM));
        assertEquals(0, connection.readable(CLIENT_TO_UPSTREAM, 100));
        assertEquals(SECOND, connection.retryAfter(CLIENT_TO_UPSTREAM));
        connection.advance(SECOND.minusNanos(1));
        assertEquals("0123", connection.forwardedText(CLIENT_TO_UPSTREAM));
        connection.advance(Duration.ofNanos(1));
        assertEquals("01234567", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void timeStopsAtEachOpeningOfTheGate() {
        TestingConnection connection = TestingConnection.of(gate).connect();
        connection.client("0123456789");
        connection.advance(SECOND.multipliedBy(10));
        assertEquals("0123456789", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(2, gate.left);
    }

    @Test
    void aClosedGateIsNotAskedBeforeItsTime() {
        TestingConnection connection = TestingConnection.of(gate).connect();
        connection.client("01234");
        int asked = gate.asked;
        connection.client("5");
        connection.advance(SECOND.dividedBy(2));
        assertEquals(asked, gate.asked);
    }

    @Test
    void theOtherDirectionIsNotHeldUp() {
        TestingConnection connection = TestingConnection.of(gate).connect();
        connection.client("0123456789");
        connection.upstream("0123456789");
        assertEquals("0123456789", connection.forwardedText(UPSTREAM_TO_CLIENT));
    }

    @Test
    void finWaitsBehindTheBytes() {
        TestingConnection connection = TestingConnection.of(gate).connect();
        connection.client("01234");
        connection.clientFin();
        assertFalse(connection.ended(CLIENT_TO_UPSTREAM));
        connection.advance(SECOND);
        assertTrue(connection.ended(CLIENT_TO_UPSTREAM));
        assertEquals("01234", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aNegativePermitIsAFailure() {
        TestingConnection connection = TestingConnection.of(gate).expectingFailure().connect();
        gate.left = -1;
        connection.client("0");
        assertEquals("java.lang.IllegalStateException: filter 'filter': permits returned -1",
                String.valueOf(connection.failure()));
    }

    @Test
    void whoIsNoGatePermitsEverything() {
        TestingConnection connection = TestingConnection.of(new TestingFilter(FilterTraits.connectionOnly())).connect();
        assertEquals(100, connection.readable(CLIENT_TO_UPSTREAM, 100));
        assertThrows(IllegalStateException.class, () -> connection.retryAfter(CLIENT_TO_UPSTREAM));
    }
}
