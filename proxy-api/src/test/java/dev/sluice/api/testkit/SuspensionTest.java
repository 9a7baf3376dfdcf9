package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.Answer;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.Suspension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SuspensionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Answer TOO_SLOW = Answer.reject("too slow");
    private static final FilterTraits HOLDS = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(8, Duration.ofSeconds(1));

    private final AtomicReference<@Nullable Suspension> created = new AtomicReference<>();

    private Suspension created() {
        Suspension suspension = created.get();
        assertNotNull(suspension);
        return suspension;
    }

    private Suspension keep(Suspension suspension) {
        created.set(suspension);
        return suspension;
    }

    /** Asks about everybody, and sees nothing. */
    private TestingFilter asking() {
        return new TestingFilter(FilterTraits.connectionOnly())
                .onConnect(context -> {
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return ConnectDecision.SUSPEND;
                });
    }

    /** Forwards two bytes and asks about the rest, for the first call. */
    private TestingFilter suspending() {
        return new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
            if (created.get() != null) {
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
            keep(context.suspend(TIMEOUT, TOO_SLOW));
            bytes.forward(2);
            return DataAction.SUSPEND;
        });
    }

    @Test
    void nothingIsReadBeforeThePendingDecision() {
        TestingConnection connection = TestingConnection.of(asking()).connect();
        connection.client("abc");
        assertTrue(connection.suspended(CLIENT_TO_UPSTREAM));
        assertEquals(3, connection.unreadBytes(CLIENT_TO_UPSTREAM));
        assertTrue(created().complete(Answer.route("vip")));
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals("vip", connection.routedTo());
        assertFalse(created().complete(TOO_SLOW));
        assertEquals(Outcome.State.OPEN, connection.state());
    }

    @Test
    void anAnswerWithinTheCallbackCounts() {
        TestingFilter filter = new TestingFilter(FilterTraits.connectionOnly()).onConnect(context -> {
            Suspension suspension = context.suspend(TIMEOUT, TOO_SLOW);
            suspension.complete(Answer.tarpit("known"));
            return ConnectDecision.SUSPEND;
        });
        assertEquals(Outcome.State.TARPITTED, TestingConnection.of(filter).connect().state());
    }

    @Test
    void anAnswerFromAnotherThreadCounts() throws Exception {
        TestingConnection connection = TestingConnection.of(asking()).connect();
        connection.client("abc");
        Thread answering = Thread.startVirtualThread(() -> created().complete(Answer.accept()));
        connection.awaitResumed(PATIENCE);
        answering.join();
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void noAnswerIsNotWaitedForLongerThanTheTestSays() {
        TestingConnection connection = TestingConnection.of(asking()).connect();
        var error = assertThrows(AssertionError.class, () -> connection.awaitResumed(Duration.ofNanos(1)));
        assertEquals("filter 'filter': a suspension was not answered within PT0.000000001S", error.getMessage());
    }

    @Test
    void timeTakesTheDecisionOfTheTimeout() {
        AtomicInteger cancelled = new AtomicInteger();
        TestingConnection connection = TestingConnection.of(asking()).connect();
        created().onCancel(cancelled::incrementAndGet);
        connection.advance(TIMEOUT.minusNanos(1));
        assertFalse(created().isDone());
        connection.advance(Duration.ofNanos(1));
        assertEquals(Outcome.State.REJECTED, connection.state());
        assertEquals("too slow", connection.explanation());
        assertEquals(1, cancelled.get());
        assertFalse(created().complete(Answer.accept()));
    }

    @Test
    void theClientsGoingCancels() {
        AtomicInteger cancelled = new AtomicInteger();
        TestingConnection connection = TestingConnection.of(asking()).connect();
        connection.clientReset();
        assertTrue(created().isDone());
        created().onCancel(cancelled::incrementAndGet);
        assertEquals(1, cancelled.get());
        assertThrows(IllegalStateException.class, () -> created().onCancel(cancelled::incrementAndGet));
    }

    @Test
    void anAnsweredWaitIsNotCancelled() {
        AtomicInteger cancelled = new AtomicInteger();
        TestingConnection connection = TestingConnection.of(asking()).connect();
        created().onCancel(cancelled::incrementAndGet);
        created().complete(Answer.accept());
        connection.advance(TIMEOUT);
        connection.clientReset();
        assertEquals(0, cancelled.get());
    }

    @Test
    void whatThrowsInOnCancelFailsTheTest() {
        TestingConnection connection = TestingConnection.of(asking()).connect();
        created().onCancel(() -> {
            throw new IllegalStateException("cannot cancel");
        });
        assertThrows(AssertionError.class, connection::clientReset);
    }

    @Test
    void aSuspendedDirectionStopsAndTheOtherGoesOn() {
        TestingFilter filter = suspending();
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abcd");
        connection.client("ef");
        connection.upstream("still here");
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals("still here", connection.forwardedText(UPSTREAM_TO_CLIENT));
        assertEquals(2, connection.unreadBytes(CLIENT_TO_UPSTREAM));
        created().complete(Answer.accept());
        assertEquals("abcdef", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 4", "data 2", "data 2"), filter.calls);
    }

    @Test
    void whatASuspendedCallbackForwardedIsLostWithTheConnection() {
        TestingConnection connection = TestingConnection.of(suspending()).connect();
        connection.client("abcd");
        created().complete(Answer.reject("no"));
        assertEquals(Outcome.State.REJECTED, connection.state());
        assertEquals("no", connection.explanation());
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aHoldDoesNotExpireWhileItWaits() {
        TestingFilter filter = suspending();
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abcd");
        connection.advance(HOLDS.holdDeadline().plusMillis(1));
        assertEquals(List.of("connect", "data 4"), filter.calls);
        created().complete(Answer.accept());
        assertEquals("abcd", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void finWaitsBehindASuspension() {
        TestingFilter filter = suspending();
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abcd");
        connection.clientFin();
        assertFalse(connection.ended(CLIENT_TO_UPSTREAM));
        created().complete(Answer.accept());
        assertEquals(List.of("connect", "data 4", "data 2", "end client-to-upstream"), filter.calls);
    }

    @Test
    void anExpiryMayWaitToo() {
        TestingFilter filter = new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
            if (created.get() != null) {
                return DataAction.DETACH;
            }
            return DataAction.CONTINUE;
        }).onHoldExpired((cause, bytes, context) -> {
            keep(context.suspend(TIMEOUT, TOO_SLOW));
            return DataAction.SUSPEND;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abc");
        connection.clientFin();
        created().complete(Answer.accept());
        assertEquals(List.of("connect", "data 3", "END_OF_STREAM 3 last", "last 3"), filter.calls);
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertTrue(connection.ended(CLIENT_TO_UPSTREAM));
    }

    @Test
    void waitingIsSaidWithASuspensionOfThisCallback() {
        String prefix = "java.lang.IllegalStateException: filter 'filter': ";
        assertEquals(prefix + "onData returned SUSPEND without context.suspend(…)",
                failureOf(new TestingFilter(HOLDS).onData((direction, bytes, context) -> DataAction.SUSPEND)));
        assertEquals(prefix + "onData called context.suspend(…) and returned CONTINUE",
                failureOf(new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return DataAction.CONTINUE;
                })));
        assertTrue(created().isDone());
        assertEquals(prefix + "onConnect returned SUSPEND without context.suspend(…)",
                failureOf(new TestingFilter(HOLDS).onConnect(context -> ConnectDecision.SUSPEND)));
        assertEquals(prefix + "onConnect called context.suspend(…) and returned ACCEPT",
                failureOf(new TestingFilter(HOLDS).onConnect(context -> {
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return ConnectDecision.ACCEPT;
                })));
        assertEquals(
                "java.lang.IllegalStateException: a callback can wait for one suspension, and has created one already",
                failureOf(new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return DataAction.SUSPEND;
                })));
    }

    private static String failureOf(TestingFilter filter) {
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        connection.client("a");
        assertEquals(Outcome.State.FAILED, connection.state());
        return String.valueOf(connection.failure());
    }

    @Test
    void aWaitIsBounded() {
        String prefix = "java.lang.IllegalArgumentException: ";
        assertEquals(prefix + "a wait of PT1H0.000000001S; allowed are 0 to PT1H",
                failureOfWait(Duration.ofHours(1).plusNanos(1), TOO_SLOW));
        assertEquals(prefix + "a wait of PT-1S; allowed are 0 to PT1H",
                failureOfWait(Duration.ofSeconds(-1), TOO_SLOW));
        assertEquals(prefix + "the connection has been routed already, to web is too late; declare"
                + " FilterTraits.waitedForBeforeRouting", failureOfWait(TIMEOUT, Answer.route("web")));
    }

    private static String failureOfWait(Duration timeout, Answer onTimeout) {
        return failureOf(new TestingFilter(HOLDS).onData((direction, bytes, context) -> {
            context.suspend(timeout, onTimeout);
            return DataAction.SUSPEND;
        }));
    }

    @Test
    void whoMayHoldNothingMayLeaveBytesWhileItWaits() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                .onData((direction, bytes, context) -> {
                    if (created.get() != null) {
                        return DataAction.DETACH;
                    }
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return DataAction.SUSPEND;
                });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abc");
        created().complete(Answer.accept());
        assertEquals(List.of("connect", "data 3", "data 3"), filter.calls);
        assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void anAnswerCannotRouteWhatHasBeenRouted() {
        TestingConnection connection = TestingConnection.of(suspending()).expectingFailure().connect();
        connection.client("abcd");
        created().complete(Answer.route("web"));
        assertEquals("java.lang.IllegalStateException: filter 'filter': the answer was route (web),"
                + " but the connection has been routed already", String.valueOf(connection.failure()));
    }

    @Test
    void anOverdueFilterKeepsRoutingWaitingForItsAnswerOnly() {
        TestingFilter filter = new TestingFilter(HOLDS.waitedForBeforeRouting())
                .onHoldExpired((cause, bytes, context) -> {
                    keep(context.suspend(TIMEOUT, TOO_SLOW));
                    return DataAction.SUSPEND;
                });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.advance(HOLDS.holdDeadline());
        assertFalse(connection.isRouted());
        created().complete(Answer.route("late"));
        assertTrue(connection.isRouted());
        assertEquals("late", connection.routedTo());
        assertEquals(List.of("connect", "DEADLINE 0"), filter.calls);
    }

    @Test
    void anAnswerMayHaveLastBytes() {
        TestingConnection connection = TestingConnection.of(asking()).connect();
        created().complete(Answer.reject("no", new byte[]{'x'}));
        assertEquals(Outcome.State.REJECTED, connection.state());
        assertEquals("no", connection.explanation());
        assertArrayEquals(new byte[]{'x'}, connection.lastBytes());
    }

    @Test
    void anAnswerOfTheExecutorCounts() throws Exception {
        TestingEnvironment environment = new TestingEnvironment();
        TestingFilter filter = new TestingFilter(FilterTraits.connectionOnly()).onConnect(context -> {
            Suspension suspension = context.suspend(TIMEOUT, TOO_SLOW);
            environment.executor().execute(() -> suspension.complete(Answer.route("looked-up")));
            return ConnectDecision.SUSPEND;
        });
        TestingConnection connection = TestingConnection.of(filter).environment(environment).connect();
        connection.awaitResumed(PATIENCE);
        assertEquals("looked-up", connection.routedTo());
    }
}
