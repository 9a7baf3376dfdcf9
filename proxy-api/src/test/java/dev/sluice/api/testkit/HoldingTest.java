package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HoldingTest {
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final Duration TICK = Duration.ofNanos(1);
    private static final FilterTraits HOLDS_8 = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(8, DEADLINE);
    private static final TestingFilter.OnData LEAVE = (direction, bytes, context) -> DataAction.CONTINUE;

    private static TestingConnection open(TestingFilter filter) {
        return TestingConnection.of(filter).connect();
    }

    private static String failureOf(TestingFilter filter, String input) {
        TestingConnection connection = open(filter);
        return String.valueOf(assertThrows(AssertionError.class, () -> connection.client(input)).getMessage());
    }

    @Test
    void longInputIsShownInPortionsWhileTheFilterForwards() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forward(Math.min(5, bytes.length()));
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("0123456789abcdefghij");
        assertEquals(List.of("connect", "data 8", "data 8", "data 8", "data 5"), filter.calls);
        assertEquals("0123456789abcdefghij", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void whatIsLeftIsShownAgainWithNewBytesBehindIt() {
        StringBuilder seen = new StringBuilder();
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            for (int i = 0; i < bytes.length(); i++) {
                seen.append((char) bytes.get(i));
            }
            seen.append('|');
            bytes.forward(bytes.length() / 2);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("abc");
        connection.client("de");
        assertEquals("abc|bcde|", seen.toString());
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(2, connection.heldBytes(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aFilterIsNotCalledWithoutNewBytes() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData(LEAVE);
        TestingConnection connection = open(filter);
        connection.client("abc");
        connection.client("");
        connection.advance(Duration.ofSeconds(1));
        assertEquals(List.of("connect", "data 3"), filter.calls);
    }

    @Test
    void aFilterIsNotCalledBeforeWhatItNeedsIsThere() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forward(bytes.length() >= 6 ? 6 : 0);
            bytes.needAtLeast(6);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("a");
        connection.client("bcde");
        connection.client("fgh");
        connection.client("i");
        assertEquals(List.of("connect", "data 1", "data 8"), filter.calls);
        assertEquals("abcdef", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aNeedHoldsForTheNextCallOnly() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            if (bytes.length() == 1) {
                bytes.needAtLeast(3);
            }
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("a");
        connection.client("bc");
        connection.client("d");
        assertEquals(List.of("connect", "data 1", "data 3", "data 4"), filter.calls);
    }

    @Test
    void bytesThatWaitForANeedAreHeldToo() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forwardAll();
            bytes.needAtLeast(4);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("a");
        connection.client("bc");
        connection.advance(DEADLINE);
        assertEquals(List.of("connect", "data 1", "DEADLINE 2", "close filter-rejected"), filter.calls);
    }

    @Test
    void whoHoldsAsMuchAsItMayHasToDecideAtOnce() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData(LEAVE);
        TestingConnection connection = open(filter);
        connection.client("0123456");
        connection.client("789");
        assertEquals(List.of("connect", "data 7", "data 8", "FULL 8", "close filter-rejected"), filter.calls);
        assertEquals(Outcome.State.REJECTED, connection.state());
    }

    @Test
    void whoAsksForMoreThanItMayHoldHasToDecideAtOnce() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.needAtLeast(9);
            return DataAction.CONTINUE;
        }).onHoldExpired((cause, bytes, context) -> DataAction.DETACH);
        TestingConnection connection = open(filter);
        connection.client("ab");
        assertEquals(List.of("connect", "data 2", "FULL 2"), filter.calls);
        assertEquals("ab", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertTrue(connection.detached(CLIENT_TO_UPSTREAM));
    }

    @Test
    void whoForwardsEverythingWhenFullGoesOn() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData(LEAVE).onHoldExpired((cause, bytes, context) -> {
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("0123456789");
        assertEquals(List.of("connect", "data 8", "FULL 8", "data 2"), filter.calls);
        assertEquals("01234567", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(2, connection.heldBytes(CLIENT_TO_UPSTREAM));
    }

    @Test
    void leavingBytesWithoutSayingSoInTheTraitsIsABreach() {
        assertEquals(
                "filter 'filter' failed: java.lang.IllegalStateException: filter 'filter': onData left 2 of 5 bytes"
                        + " (client-to-upstream) unforwarded, but its traits say maxHeldBytes 0",
                failureOf(new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                        .onData((direction, bytes, context) -> {
                            bytes.forward(3);
                            return DataAction.CONTINUE;
                        }), "abcde"));
    }

    @Test
    void leavingBytesWhenFullIsABreach() {
        assertEquals(
                "filter 'filter' failed: java.lang.IllegalStateException: filter 'filter': onHoldExpired(FULL) returned"
                        + " CONTINUE and left 6 of 8 bytes (client-to-upstream) unforwarded; forward them, DETACH or REJECT",
                failureOf(new TestingFilter(HOLDS_8).onData(LEAVE).onHoldExpired((cause, bytes, context) -> {
                    bytes.forward(2);
                    return DataAction.CONTINUE;
                }), "0123456789"));
    }

    @Test
    void askingForTooMuchAgainWhenFullIsABreach() {
        assertEquals(
                "filter 'filter' failed: java.lang.IllegalStateException: filter 'filter': onHoldExpired(FULL) asked for"
                        + " 9 bytes, but its traits say maxHeldBytes 8",
                failureOf(new TestingFilter(HOLDS_8).onData(LEAVE).onHoldExpired((cause, bytes, context) -> {
                    bytes.forwardAll();
                    bytes.needAtLeast(9);
                    return DataAction.CONTINUE;
                }), "01234567"));
    }

    @Test
    void theDeadlineRunsFromTheFirstHeldByte() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData(LEAVE);
        TestingConnection connection = open(filter);
        connection.advance(DEADLINE.multipliedBy(2));
        connection.client("a");
        connection.advance(DEADLINE.dividedBy(2));
        connection.client("b");
        connection.advance(DEADLINE.dividedBy(2).minus(TICK));
        assertEquals(Outcome.State.OPEN, connection.state());
        connection.advance(TICK);
        assertEquals(List.of("connect", "data 1", "data 2", "DEADLINE 2", "close filter-rejected"), filter.calls);
    }

    @Test
    void forwardingAByteStartsTheDeadlineAgain() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forward(1);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = open(filter);
        connection.client("ab");
        connection.advance(DEADLINE.minus(TICK));
        connection.client("c");
        connection.advance(DEADLINE.minus(TICK));
        assertEquals(Outcome.State.OPEN, connection.state());
        connection.advance(TICK);
        assertEquals(List.of("connect", "data 2", "data 2", "DEADLINE 1", "close filter-rejected"), filter.calls);
    }

    @Test
    void whoHoldsNothingHasNoDeadline() {
        TestingFilter filter = new TestingFilter(HOLDS_8);
        TestingConnection connection = open(filter);
        connection.client("ab");
        connection.advance(DEADLINE.multipliedBy(100));
        assertEquals(List.of("connect", "data 2"), filter.calls);
    }

    @Test
    void whoIsWaitedForHasToDecideAlsoWithoutBytes() {
        TestingFilter filter = new TestingFilter(HOLDS_8.waitedForBeforeRouting());
        TestingConnection connection = open(filter);
        connection.advance(DEADLINE.minus(TICK));
        assertEquals(Outcome.State.OPEN, connection.state());
        connection.advance(TICK);
        assertEquals(List.of("connect", "DEADLINE 0", "close filter-rejected"), filter.calls);
    }

    @Test
    void whoIsWaitedForGainsNoTimeByForwarding() {
        TestingFilter filter = new TestingFilter(HOLDS_8.waitedForBeforeRouting()).onHoldExpired(
                (cause, bytes, context) -> DataAction.DETACH);
        TestingConnection connection = open(filter);
        connection.advance(DEADLINE.minus(TICK));
        connection.client("ab");
        assertFalse(connection.isRouted());
        connection.advance(TICK);
        assertTrue(connection.isRouted());
        assertEquals(List.of("connect", "data 2", "DEADLINE 0"), filter.calls);
    }

    @Test
    void whoIsWaitedForMayStayWhenItsTimeIsOverButRoutingGoesOn() {
        TestingFilter filter = new TestingFilter(HOLDS_8.waitedForBeforeRouting()).onHoldExpired(
                (cause, bytes, context) -> {
                    context.route("slow");
                    return DataAction.CONTINUE;
                });
        TestingConnection connection = open(filter);
        connection.advance(DEADLINE);
        assertTrue(connection.isRouted());
        assertEquals("slow", connection.routedTo());
        connection.client("abc");
        connection.advance(DEADLINE.multipliedBy(2));
        assertEquals(List.of("connect", "DEADLINE 0", "data 3"), filter.calls);
    }

    @Test
    void whoMayHoldNothingNeedsNothing() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                .onData((direction, bytes, context) -> {
                    bytes.forwardAll();
                    bytes.needAtLeast(5);
                    return DataAction.CONTINUE;
                });
        TestingConnection connection = open(filter);
        connection.client("a");
        connection.client("b");
        assertEquals(List.of("connect", "data 1", "data 1"), filter.calls);
    }

    @Test
    void whoHasDetachedIsNotCalledAnyMore() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> DataAction.DETACH);
        TestingConnection connection = open(filter);
        connection.client("ab");
        connection.client("cd");
        connection.clientFin();
        assertEquals("abcd", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertTrue(connection.ended(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 2"), filter.calls);
    }

    @ParameterizedTest
    @EnumSource(value = DataAction.class, names = {"REJECT", "DETACH"})
    void theLastWordForwardsToo(DataAction action) {
        TestingConnection connection = open(new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forward(3);
            return action;
        }));
        connection.client("abcde");
        assertEquals(action == DataAction.REJECT ? "abc" : "abcde", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aReadIsNoLargerThanTheReadBuffer() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM));
        TestingConnection connection = TestingConnection.of(filter).readBuffer(4).connect();
        connection.client("0123456789");
        assertEquals(List.of("connect", "data 4", "data 4", "data 2"), filter.calls);
    }

    @Test
    void directionsThatAreNotSeenPassBy() {
        TestingFilter filter = new TestingFilter(HOLDS_8);
        TestingConnection connection = open(filter);
        connection.upstream("hello");
        connection.upstreamFin();
        assertEquals("hello", connection.forwardedText(CLIENT_TO_UPSTREAM.reverse()));
        assertFalse(connection.detached(CLIENT_TO_UPSTREAM.reverse()));
        assertEquals(List.of("connect"), filter.calls);
    }

    private static TestingFilter twoTimes() {
        return new TestingFilter(HOLDS_8.waitedForBeforeRouting(Duration.ofSeconds(1))).onData(LEAVE)
                .onHoldExpired((cause, bytes, context) -> {
                    context.explain(cause + " " + bytes.length());
                    return DataAction.DETACH;
                });
    }

    @Test
    void aSilentClientIsNotWaitedForAsLongAsOneThatHasBegun() {
        TestingConnection silent = open(twoTimes());
        silent.advance(Duration.ofSeconds(1).minus(TICK));
        assertFalse(silent.isRouted());
        silent.advance(TICK);
        assertTrue(silent.isRouted());
        assertEquals("SILENCE 0", silent.explanation());

        TestingConnection begun = open(twoTimes());
        begun.advance(Duration.ofSeconds(1).minus(TICK));
        begun.client("a");
        begun.advance(DEADLINE.minus(TICK));
        begun.client("b");
        assertFalse(begun.isRouted());
        begun.advance(TICK);
        assertEquals("DEADLINE 2", begun.explanation());
        assertEquals("ab", begun.forwardedText(CLIENT_TO_UPSTREAM));
    }
}
