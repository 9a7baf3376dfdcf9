package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

class HoldingTest {
    private static final FilterTraits HOLDS_8 = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(8,
            Duration.ofSeconds(3));

    @Test
    void longInputIsShownInPortionsWhileTheFilterForwards() {
        TestingFilter filter = new TestingFilter(HOLDS_8).onData((direction, bytes, context) -> {
            bytes.forward(Math.min(5, bytes.length()));
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("0123456789abcdefghij");
        assertEquals(List.of("connect", "data 8", "data 8", "data 8", "data 5"), filter.calls);
        assertEquals("0123456789abcdefghij", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }
}
