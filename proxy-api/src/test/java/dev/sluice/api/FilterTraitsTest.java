package dev.sluice.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FilterTraitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void eachStepChangesWhatItSaysAndNothingElse() {
        FilterTraits none = FilterTraits.connectionOnly();
        assertFalse(none.sees(CLIENT_TO_UPSTREAM) || none.sees(UPSTREAM_TO_CLIENT) || none.transforming()
                || none.beforeRouting());
        assertEquals(0, none.maxHeldBytes() + none.maxRetainedBytes());
        assertEquals(FilterTraits.DEFAULT_HOLD_DEADLINE, none.holdDeadline());
        assertNull(none.silenceDeadline());

        FilterTraits all = FilterTraits.inspects(CLIENT_TO_UPSTREAM).retains(16).waitedForBeforeRouting(SECOND)
                .holds(64, SECOND.multipliedBy(2));
        assertTrue(all.sees(CLIENT_TO_UPSTREAM) && all.beforeRouting());
        assertFalse(all.sees(UPSTREAM_TO_CLIENT) || all.transforming());
        assertEquals(16, all.maxRetainedBytes());
        assertEquals(64, all.maxHeldBytes());
        assertEquals(SECOND, all.silenceDeadline());
        assertEquals(SECOND.multipliedBy(2), all.holdDeadline());

        FilterTraits both = FilterTraits.transforms(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT);
        assertTrue(both.sees(CLIENT_TO_UPSTREAM) && both.sees(UPSTREAM_TO_CLIENT) && both.transforming());
    }

    @Test
    void theOrderOfTheStepsDoesNotMatter() {
        FilterTraits one = FilterTraits.inspects(CLIENT_TO_UPSTREAM).retains(16).waitedForBeforeRouting().holds(64,
                SECOND);
        FilterTraits other = FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(64, SECOND).waitedForBeforeRouting()
                .retains(16);
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
        assertEquals("inspects [CLIENT_TO_UPSTREAM], waited for before routing, holds 64 bytes for PT1S,"
                + " retains 16 bytes", one.toString());
        assertEquals("connectionOnly, holds 0 bytes for PT5S, retains 0 bytes, finds http1 tls",
                FilterTraits.connectionOnly().finds(List.of("tls", "http1")).toString());
        assertEquals(one.finds(List.of("tls", "http1")), one.finds(List.of("http1", "tls")).holds(64, SECOND));
        assertNotEquals(one, one.finds(List.of("tls")));
        assertEquals(Set.of(), one.protocols());
        assertEquals(Set.of("tls"), one.finds(List.of("tls")).protocols());
        assertNotEquals(one, one.retains(17));
        assertNotEquals(one, one.waitedForBeforeRouting(SECOND));
        assertEquals(one, one.waitedForBeforeRouting(SECOND).waitedForBeforeRouting());
    }

    @Test
    void directionsAreSeenOrNot() {
        FilterTraits traits = FilterTraits.inspects(UPSTREAM_TO_CLIENT);
        assertTrue(traits.sees(UPSTREAM_TO_CLIENT));
        assertFalse(traits.sees(CLIENT_TO_UPSTREAM));
    }

    @Test
    void nonsenseIsRefused() {
        FilterTraits answers = FilterTraits.inspects(UPSTREAM_TO_CLIENT);
        assertRefused("maxHeldBytes is negative: -1",
                () -> answers.holds(-1, SECOND));
        assertRefused("maxRetainedBytes is negative: -2", () -> answers.retains(-2));
        assertRefused("holdDeadline must be positive: PT0S", () -> answers.holds(1, Duration.ZERO));
        assertRefused("holdDeadline must be positive: PT-1S", () -> answers.holds(1, SECOND.negated()));
        assertRefused("silence must be positive: PT0S",
                () -> FilterTraits.inspects(CLIENT_TO_UPSTREAM).waitedForBeforeRouting(Duration.ZERO));
        assertRefused("a transforming filter needs a direction to see bytes of", () -> FilterTraits.transforms());
        assertRefused("a filter that is waited for before routing has to see the bytes of client-to-upstream",
                answers::waitedForBeforeRouting);
    }

    private static void assertRefused(String message, Runnable making) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, making::run).getMessage());
    }
}
