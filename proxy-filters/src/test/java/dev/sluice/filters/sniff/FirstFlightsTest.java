package dev.sluice.filters.sniff;

import java.util.EnumSet;
import java.util.List;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** First bytes of real clients: recognised, whole and unchanged, however they are cut. */
class FirstFlightsTest {
    static List<Flights.Flight> flights() {
        return Flights.all();
    }

    @ParameterizedTest
    @MethodSource("flights")
    void isRecognisedAmongAllProtocols(Flights.Flight flight) {
        Outcome outcome = TestingSniffer.outcome(
                TestingSniffer.config(Unknown.PASS, List.of(Protocol.values())), flight.bytes());
        assertEquals(Outcome.State.OPEN, outcome.state());
        assertTrue(outcome.detached(CLIENT_TO_UPSTREAM));
        assertArrayEquals(flight.bytes(), outcome.forwarded(CLIENT_TO_UPSTREAM));
        assertProtocol(flight.protocol(), outcome);
    }

    @ParameterizedTest
    @MethodSource("flights")
    void isRecognisedAloneToo(Flights.Flight flight) {
        for (Protocol protocol : Protocol.values()) {
            Outcome outcome = TestingSniffer.outcomeInOnePiece(TestingSniffer.config(Unknown.REJECT, protocol),
                    flight.bytes());
            if (protocol == flight.protocol()) {
                assertProtocol(protocol, outcome);
            } else {
                assertEquals(Outcome.State.REJECTED, outcome.state(), protocol.label());
                assertEquals("the first bytes are of none of the protocols " + protocol.label(),
                        outcome.explanation());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("flights")
    void isNotTakenForAnotherProtocol(Flights.Flight flight) {
        EnumSet<Protocol> others = EnumSet.allOf(Protocol.class);
        if (flight.protocol() != null) {
            others.remove(flight.protocol());
        }
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.PASS, List.copyOf(others)),
                flight.bytes());
        assertProtocol(null, outcome);
        assertArrayEquals(flight.bytes(), outcome.forwarded(CLIENT_TO_UPSTREAM));
    }

    @Test
    void thereIsOneForEachProtocolWhoseClientSpeaksFirst() {
        EnumSet<Protocol> seen = EnumSet.of(Protocol.MYSQL);
        for (Flights.Flight flight : Flights.all()) {
            if (flight.protocol() != null) {
                seen.add(flight.protocol());
            }
        }
        assertEquals(EnumSet.allOf(Protocol.class), seen);
    }

    private static void assertProtocol(@Nullable Protocol expected, Outcome outcome) {
        assertEquals(Outcome.State.OPEN, outcome.state());
        if (expected == null) {
            assertNull(outcome.attribute(Attributes.PROTOCOL));
            assertNotNull(outcome.explanation());
        } else {
            assertEquals(expected.label(), outcome.attribute(Attributes.PROTOCOL));
        }
    }
}
