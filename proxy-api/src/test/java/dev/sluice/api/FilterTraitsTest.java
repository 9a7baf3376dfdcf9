package dev.sluice.api;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FilterTraitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void eachStepChangesWhatItSaysAndNothingElse() {
        assertEquals(new FilterTraits(Set.of(), false, false, 0, FilterTraits.DEFAULT_HOLD_DEADLINE, 0),
                FilterTraits.connectionOnly());
        assertEquals(new FilterTraits(Set.of(CLIENT_TO_UPSTREAM), false, true, 64, SECOND, 16),
                FilterTraits.inspects(CLIENT_TO_UPSTREAM).retains(16).waitedForBeforeRouting().holds(64, SECOND));
        assertEquals(new FilterTraits(Set.of(CLIENT_TO_UPSTREAM), false, true, 64, SECOND, 16),
                FilterTraits.inspects(CLIENT_TO_UPSTREAM).holds(64, SECOND).waitedForBeforeRouting().retains(16));
        assertEquals(
                new FilterTraits(Set.of(UPSTREAM_TO_CLIENT, CLIENT_TO_UPSTREAM), true, false, 0,
                        FilterTraits.DEFAULT_HOLD_DEADLINE, 0),
                FilterTraits.transforms(CLIENT_TO_UPSTREAM, UPSTREAM_TO_CLIENT));
    }

    @Test
    void directionsAreSeenOrNot() {
        FilterTraits traits = FilterTraits.inspects(UPSTREAM_TO_CLIENT);
        assertTrue(traits.sees(UPSTREAM_TO_CLIENT));
        assertFalse(traits.sees(CLIENT_TO_UPSTREAM));
    }

    @Test
    void directionsAreCopied() {
        Set<Direction> mutable = EnumSet.of(UPSTREAM_TO_CLIENT);
        FilterTraits traits = new FilterTraits(mutable, false, false, 0, SECOND, 0);
        mutable.clear();
        assertTrue(traits.sees(UPSTREAM_TO_CLIENT));
    }

    @Test
    void nonsenseIsRefused() {
        FilterTraits answers = FilterTraits.inspects(UPSTREAM_TO_CLIENT);
        assertRefused("a number of bytes is negative: maxHeldBytes -1, maxRetainedBytes 0",
                () -> answers.holds(-1, SECOND));
        assertRefused("a number of bytes is negative: maxHeldBytes 0, maxRetainedBytes -2", () -> answers.retains(-2));
        assertRefused("holdDeadline must be positive: PT0S", () -> answers.holds(1, Duration.ZERO));
        assertRefused("holdDeadline must be positive: PT-1S", () -> answers.holds(1, SECOND.negated()));
        assertRefused("a transforming filter needs a direction to see bytes of", () -> FilterTraits.transforms());
        assertRefused("a filter that is waited for before routing has to see the bytes of client-to-upstream",
                answers::waitedForBeforeRouting);
    }

    private static void assertRefused(String message, Runnable making) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, making::run).getMessage());
    }
}
