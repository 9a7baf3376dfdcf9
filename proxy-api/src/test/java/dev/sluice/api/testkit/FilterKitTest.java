package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FilterKitTest {
    private static final FilterTraits SNIFFS = FilterTraits.inspects(CLIENT_TO_UPSTREAM).waitedForBeforeRouting()
            .holds(64, Duration.ofSeconds(1));
    private static final byte[] HELLO = "HELLO world\nand more".getBytes(StandardCharsets.US_ASCII);

    private static DataAction firstLine(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        int end = bytes.indexOf((byte) '\n', 0, bytes.length());
        if (end < 0) {
            return DataAction.CONTINUE;
        }
        byte[] line = new byte[end];
        bytes.copyTo(0, line, 0, end);
        context.set(Attributes.PROTOCOL, new String(line, StandardCharsets.US_ASCII));
        context.route("lines");
        return DataAction.DETACH;
    }

    @Test
    void aFilterThatCountsIsTheSameForEverySegmentation() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData(FilterKitTest::firstLine);
        Outcome outcome = FilterKit.of(filter).sameOutcomeForEverySegmentation(HELLO);
        assertEquals(Outcome.State.OPEN, outcome.state());
        assertEquals("HELLO world", outcome.attribute(Attributes.PROTOCOL));
        assertEquals("lines", outcome.routedTo());
        assertArrayEquals(HELLO, outcome.forwarded(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aFilterThatTakesReadsForMessagesIsCaught() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData((direction, bytes, context) -> {
            if (bytes.indexOf((byte) '\n', 0, bytes.length()) < 0) {
                context.explain("no line");
                return DataAction.REJECT;
            }
            return firstLine(direction, bytes, context);
        });
        var error = assertThrows(AssertionError.class,
                () -> FilterKit.of(filter).sameOutcomeForEverySegmentation(HELLO));
        assertEquals("""
                20 bytes, cut at 1, and nothing behind it, the outcome is
                  REJECTED (filter-rejected), explained 'no line'; client-to-upstream: 0 bytes forwarded; \
                upstream-to-client: 0 bytes forwarded
                but in one piece it is
                  OPEN, to cluster lines, sluice.protocol=HELLO world; client-to-upstream: 20 bytes forwarded \
                "HELLO world\\x0aand more", detached; upstream-to-client: 0 bytes forwarded""", error.getMessage());
    }

    /** Decides on the whole hello alike, but says of a part of it how it came. */
    private static TestingFilter noticingSlowness() {
        return new TestingFilter(SNIFFS).onData((direction, bytes, context) -> {
            if (bytes.length() == 1) {
                context.explain("slow");
            }
            return bytes.length() < HELLO.length ? DataAction.CONTINUE : firstLine(direction, bytes, context);
        });
    }

    @Test
    void streamsAreAlsoBrokenOff() {
        FilterKit kit = FilterKit.of(noticingSlowness()).segmentations(Segmentations.whole());
        var error = assertThrows(AssertionError.class, () -> kit.sameOutcomeForEverySegmentation(HELLO));
        assertEquals("2 bytes, one byte at a time, and FIN behind it, the outcome is", firstLineOf(error));
        assertEquals("lines", kit.brokenOff(false).sameOutcomeForEverySegmentation(HELLO).routedTo());
    }

    private static String firstLineOf(AssertionError error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElseThrow();
    }

    @Test
    void aFilterThatDecidesDifferentlyInTimeIsCaught() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData((direction, bytes, context) -> {
            bytes.forward(bytes.length() / 2);
            return DataAction.CONTINUE;
        }).onHoldExpired((cause, bytes, context) -> DataAction.REJECT);
        FilterKit kit = FilterKit.of(filter).endings(FilterKit.Ending.DEADLINE).brokenOff(false);
        var error = assertThrows(AssertionError.class, () -> kit.sameOutcomeForEverySegmentation(HELLO));
        assertEquals("20 bytes, cut at 4, and nothing until the hold deadline is over, the outcome is",
                firstLineOf(error));
    }

    @Test
    void aNeedMayLeaveShortStreamsUndecided() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData((direction, bytes, context) -> {
            bytes.needAtLeast(5);
            return bytes.length() >= 3 && bytes.get(0) == 'X' ? DataAction.REJECT : DataAction.CONTINUE;
        });
        FilterKit kit = FilterKit.of(filter);
        byte[] stream = {'X', 'Y', 'Z'};
        assertThrows(AssertionError.class, () -> kit.sameOutcomeForEverySegmentation(stream));
        kit.endings(FilterKit.Ending.FIN, FilterKit.Ending.DEADLINE);
        assertEquals(Outcome.State.REJECTED, kit.sameOutcomeForEverySegmentation(stream).state());
    }

    @Test
    void aFilterThatThrowsIsToldWithTheSegmentation() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData((direction, bytes, context) -> {
            if (bytes.length() == 7) {
                throw new IllegalStateException("seven");
            }
            return bytes.length() < HELLO.length ? DataAction.CONTINUE : DataAction.DETACH;
        });
        var error = assertThrows(AssertionError.class,
                () -> FilterKit.of(filter).sameOutcomeForEverySegmentation(HELLO));
        assertEquals("20 bytes, cut at 7, and nothing behind it: filter 'filter' failed:"
                + " java.lang.IllegalStateException: seven", error.getMessage());
    }

    @Test
    void theOtherSideCanBeTriedAfterAGreeting() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(Direction.UPSTREAM_TO_CLIENT))
                .onData((direction, bytes, context) -> {
                    context.explain("seen");
                    bytes.forwardAll();
                    return DataAction.CONTINUE;
                });
        Outcome outcome = FilterKit.of(filter).direction(Direction.UPSTREAM_TO_CLIENT)
                .after(connection -> connection.client("hi")).sameOutcomeForEverySegmentation(HELLO);
        assertArrayEquals(HELLO, outcome.forwarded(Direction.UPSTREAM_TO_CLIENT));
        assertArrayEquals(new byte[]{'h', 'i'}, outcome.forwarded(CLIENT_TO_UPSTREAM));
        assertEquals("seen", outcome.explanation());
    }

    @Test
    void factoriesCanBeFresh() {
        List<TestingFilter> made = new ArrayList<>();
        FilterKit kit = FilterKit.of(() -> {
            TestingFilter filter = new TestingFilter(SNIFFS).onData(FilterKitTest::firstLine);
            made.add(filter);
            return TestingConnection.of(filter).connect();
        }).brokenOff(false).endings(FilterKit.Ending.NONE).segmentations(Segmentations.dribble());
        kit.sameOutcomeForEverySegmentation(HELLO);
        kit.outcome(HELLO);
        assertEquals(4, made.size());
        for (TestingFilter filter : made) {
            assertEquals("close operator", filter.calls.getLast());
        }
    }

    @Test
    void aGivenConnectionIsUsedAgain() {
        TestingFilter filter = new TestingFilter(SNIFFS).onData(FilterKitTest::firstLine);
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("something else");
        assertArrayEquals(HELLO, FilterKit.of(connection).outcome(HELLO).forwarded(CLIENT_TO_UPSTREAM));
    }
}
