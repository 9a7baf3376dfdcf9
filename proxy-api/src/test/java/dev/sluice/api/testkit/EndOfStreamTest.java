package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EndOfStreamTest {
    private static final FilterTraits HOLDS = FilterTraits.inspects(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT)
            .holds(8, Duration.ofSeconds(1));
    private static final TestingFilter.OnData LEAVE = (direction, bytes, context) -> DataAction.CONTINUE;

    private final TestingFilter holding = new TestingFilter(HOLDS).onData(LEAVE);

    @Test
    void finFollowsTheBytesBeforeIt() {
        TestingFilter filter = new TestingFilter(HOLDS);
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("ab");
        connection.clientFin();
        assertTrue(connection.ended(CLIENT_TO_UPSTREAM));
        assertFalse(connection.ended(UPSTREAM_TO_CLIENT));
        connection.upstream("c");
        connection.upstreamFin();
        assertEquals(List.of("connect", "data 2", "end client-to-upstream", "data 1", "end upstream-to-client",
                "close client-finished"), filter.calls);
    }

    @Test
    void whoFinishesFirstNamesTheReason() {
        TestingConnection connection = TestingConnection.of(holding).connect();
        connection.upstreamFin();
        connection.clientFin();
        assertEquals(CloseReason.UPSTREAM_FINISHED, connection.closeReason());
        assertEquals(Outcome.State.CLOSED, connection.state());
    }

    @Test
    void heldBytesHaveToBeDecidedOn() {
        holding.onHoldExpired((cause, bytes, context) -> {
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(holding).connect();
        connection.client("abc");
        connection.clientFin();
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 3", "END_OF_STREAM 3 last", "end client-to-upstream"), holding.calls);
    }

    @Test
    void leavingBytesBehindFinIsABreach() {
        holding.onHoldExpired((cause, bytes, context) -> DataAction.CONTINUE);
        TestingConnection connection = TestingConnection.of(holding).connect();
        connection.client("abc");
        var error = assertThrows(AssertionError.class, connection::clientFin);
        assertEquals("filter 'filter' failed: java.lang.IllegalStateException: filter 'filter':"
                + " onHoldExpired(END_OF_STREAM) returned CONTINUE and left 3 of 3 bytes (client-to-upstream) unforwarded;"
                + " forward them, DETACH or REJECT", error.getMessage());
    }

    @Test
    void anEndlessNeedEndsWithTheStream() {
        TestingFilter filter = new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
            bytes.needAtLeast(8);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("a");
        connection.client("b");
        connection.clientFin();
        assertEquals(List.of("connect", "data 1", "END_OF_STREAM 2 last", "close filter-rejected"), filter.calls);
    }

    @Test
    void whoIsWaitedForHasToDecideAtFinAlsoWithoutBytes() {
        FilterTraits waited = HOLDS.waitedForBeforeRouting();
        TestingFilter rejecting = new TestingFilter(waited);
        TestingConnection rejected = TestingConnection.of(rejecting).connect();
        rejected.clientFin();
        assertEquals(List.of("connect", "END_OF_STREAM 0 last", "close filter-rejected"), rejecting.calls);

        TestingFilter passing = new TestingFilter(waited)
                .onHoldExpired((cause, bytes, context) -> DataAction.CONTINUE);
        TestingConnection passed = TestingConnection.of(passing).connect();
        passed.clientFin();
        assertTrue(passed.isRouted());
        passed.upstream("hello");
        assertEquals(List.of("connect", "END_OF_STREAM 0 last", "end client-to-upstream", "data 5"), passing.calls);
    }

    @ParameterizedTest
    @EnumSource(value = CloseReason.class, names = {"CLIENT_RESET", "UPSTREAM_RESET", "DRAIN_DEADLINE"})
    void aResetOvertakesWhatIsHeld(CloseReason reason) {
        TestingConnection connection = TestingConnection.of(holding).connect();
        connection.client("abc");
        switch (reason) {
            case CLIENT_RESET -> connection.clientReset();
            case UPSTREAM_RESET -> connection.upstreamReset();
            default -> connection.end(reason);
        }
        connection.client("lost");
        connection.clientFin();
        connection.close();
        assertEquals(reason, connection.closeReason());
        assertEquals(0, connection.heldBytes(CLIENT_TO_UPSTREAM));
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 3", "close " + reason.label()), holding.calls);
    }

    @Test
    void theNextConnectionStartsAfresh() {
        TestingConnection connection = TestingConnection.of(holding).connect();
        connection.client("abc");
        connection.clientReset();
        connection.reconnect();
        connection.client("d");
        connection.reconnect();
        assertEquals(
                List.of("connect", "data 3", "close client-reset", "connect", "data 1", "close operator", "connect"),
                holding.calls);
    }
}
