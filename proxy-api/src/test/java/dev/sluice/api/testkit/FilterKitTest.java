package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

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
}
