package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.TransformBytes;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TransformTest {
    private static final FilterTraits TRANSFORMS = FilterTraits.transforms(CLIENT_TO_UPSTREAM);
    private static final byte[] DOUBLE_DASH = "--".getBytes(US_ASCII);
    private static final byte[] TRAILER = "!".getBytes(US_ASCII);

    /** Writes each dash twice, leaves out spaces, and puts a mark behind the last byte. */
    private static DataAction doubleDashes(BorrowedBytes lent) {
        TransformBytes bytes = (TransformBytes) lent;
        while (bytes.forwarded() < bytes.length() && bytes.emitCapacity() >= DOUBLE_DASH.length) {
            switch (bytes.get(bytes.forwarded())) {
                case '-' -> {
                    bytes.drop(1);
                    bytes.emit(DOUBLE_DASH, 0, DOUBLE_DASH.length);
                }
                case ' ' -> bytes.drop(1);
                default -> bytes.forward(1);
            }
        }
        if (bytes.endOfStream() && bytes.forwarded() == bytes.length() && bytes.emitCapacity() >= TRAILER.length) {
            bytes.emit(TRAILER, 0, TRAILER.length);
        }
        return DataAction.CONTINUE;
    }

    @Test
    void whatIsForwardedAndEmittedComesOutInOrder() {
        TestingFilter filter = new TestingFilter(TRANSFORMS)
                .onData((direction, bytes, context) -> doubleDashes(bytes));
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("a-b c");
        assertEquals("a--bc", connection.forwardedText(CLIENT_TO_UPSTREAM));
        connection.client("-");
        connection.clientFin();
        assertEquals("a--bc--!", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 5", "data 1", "last 0", "end client-to-upstream"), filter.calls);
    }

    @Test
    void whoReachesTheCapacityIsCalledAgain() {
        TestingFilter filter = new TestingFilter(TRANSFORMS)
                .onData((direction, bytes, context) -> doubleDashes(bytes));
        TestingConnection connection = TestingConnection.of(filter).readBuffer(4).connect();
        connection.client("----");
        assertEquals("--------", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 4", "data 2"), filter.calls);
    }

    @Test
    void moreThanTheCapacityIsRefused() {
        TestingFilter filter = new TestingFilter(TRANSFORMS).onData((direction, bytes, context) -> {
            bytes.forwardAll();
            ((TransformBytes) bytes).emit(DOUBLE_DASH, 0, 2);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).readBuffer(4).connect();
        connection.client("ab");
        assertEquals("ab--", connection.forwardedText(CLIENT_TO_UPSTREAM));
        var error = assertThrows(AssertionError.class, () -> connection.client("abc"));
        assertEquals("filter 'filter' failed: java.lang.IllegalStateException: 2 bytes are more than emitCapacity(),"
                + " which is 1; leave the rest unforwarded and wait to be called again", error.getMessage());
    }

    @Test
    void aFilterThatEmitsForEverIsCaught() {
        TestingFilter filter = new TestingFilter(TRANSFORMS).onData((direction, bytes, context) -> {
            ((TransformBytes) bytes).emit(DOUBLE_DASH, 0, 2);
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        var error = assertThrows(AssertionError.class, () -> connection.client("a"));
        assertEquals("filter 'filter' failed: java.lang.IllegalStateException: filter 'filter':"
                + " 1001 calls of onData in a row emitted bytes and consumed none", error.getMessage());
    }

    @Test
    void leavingBytesWithRoomIsABreach() {
        TestingConnection connection = TestingConnection.of(new TestingFilter(TRANSFORMS)
                .onData((direction, bytes, context) -> DataAction.CONTINUE)).connect();
        var error = assertThrows(AssertionError.class, () -> connection.client("a"));
        assertEquals(
                "filter 'filter' failed: java.lang.IllegalStateException: filter 'filter': onData left 1 of 1 bytes"
                        + " (client-to-upstream) unforwarded, but its traits say maxHeldBytes 0",
                error.getMessage());
    }

    @Test
    void whatIsHeldIsShownForTheLastTimeAndThenExpires() {
        TestingFilter filter = new TestingFilter(TRANSFORMS.holds(8, Duration.ofSeconds(1)))
                .onData((direction, bytes, context) -> DataAction.CONTINUE)
                .onHoldExpired((cause, bytes, context) -> {
                    bytes.forward(1);
                    ((TransformBytes) bytes).drop(2);
                    return DataAction.CONTINUE;
                });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abc");
        connection.clientFin();
        assertEquals("a", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 3", "last 3", "END_OF_STREAM 3 last", "end client-to-upstream"),
                filter.calls);
    }

    @Test
    void whatASuspendedCallbackEmittedWaits() {
        TestingFilter filter = new TestingFilter(TRANSFORMS);
        filter.onData((direction, bytes, context) -> {
            ((TransformBytes) bytes).drop(bytes.length());
            ((TransformBytes) bytes).emit(TRAILER, 0, 1);
            context.suspend(Duration.ofSeconds(1), dev.sluice.api.Answer.accept());
            return DataAction.SUSPEND;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abc");
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
        connection.advance(Duration.ofSeconds(1));
        assertEquals("!", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void theOutcomeIsTheSameForEverySegmentation() {
        TestingFilter filter = new TestingFilter(TRANSFORMS)
                .onData((direction, bytes, context) -> doubleDashes(bytes));
        FilterKit.of(TestingConnection.of(filter).readBuffer(4).connect())
                .sameOutcomeForEverySegmentation("a--b c-".getBytes(US_ASCII));
    }

    @Test
    void whoOnlyInspectsCannotTransform() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                .onData((direction, bytes, context) -> {
                    assertFalse(bytes instanceof TransformBytes);
                    return DataAction.DETACH;
                });
        TestingConnection.of(filter).connect().client("a");
        assertEquals(List.of("connect", "data 1"), filter.calls);
    }

    @Test
    void anExpiryMayBeTooLongForOneCallToo() {
        TestingFilter filter = new TestingFilter(TRANSFORMS.holds(4, Duration.ofSeconds(1)))
                .onData((direction, bytes, context) -> bytes.endOfStream()
                        ? doubleDashes(bytes)
                        : DataAction.CONTINUE)
                .onHoldExpired((cause, bytes, context) -> doubleDashes(bytes));
        TestingConnection connection = TestingConnection.of(filter).readBuffer(4).connect();
        connection.client("---");
        connection.clientFin();
        assertEquals("------!", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "data 3", "last 3", "last 1", "end client-to-upstream"), filter.calls);

        TestingConnection full = TestingConnection.of(filter).readBuffer(4).connect();
        filter.calls.clear();
        full.client("----");
        assertEquals("----", full.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("data 4", "FULL 4", "data 2"), filter.calls);
    }
}
