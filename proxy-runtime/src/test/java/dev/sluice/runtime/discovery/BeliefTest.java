package dev.sluice.runtime.discovery;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The belief in answers, second by second. */
class BeliefTest {
    private final Belief<String> belief = new Belief<>(Duration.ofSeconds(100));

    private static long at(long seconds) {
        // Close to the end of the clock's range, which it may reach.
        return Long.MAX_VALUE - 20_000_000_000L + Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void aFailureKeepsTheLastAnswerUntilItIsTooOld() {
        belief.good("a", Duration.ofSeconds(10), at(0));
        assertFalse(belief.isStale());
        belief.failed(at(11));
        assertTrue(belief.isStale());
        belief.failed(at(110));
        assertEquals("a", belief.value());
        belief.failed(at(111));
        assertNull(belief.value());
        assertFalse(belief.isStale());
    }

    @Test
    void keepingForEverIsPossible() {
        Belief<String> forEver = new Belief<>(Duration.ofSeconds(Long.MAX_VALUE));
        forEver.good("a", Duration.ofSeconds(10), 0);
        forEver.failed(Duration.ofDays(36_500).toNanos());
        assertEquals("a", forEver.value());
    }

    @Test
    void aDenialIsBelievedAfterThreeAnswersOver30Seconds() {
        belief.good("a", Duration.ofSeconds(1), at(0));
        belief.denied(at(1));
        belief.denied(at(2));
        belief.denied(at(30));
        assertEquals("a", belief.value(), "29 s");
        assertFalse(belief.isDenied());
        belief.denied(at(31));
        assertNull(belief.value());
        assertTrue(belief.isDenied());
    }

    @Test
    void twoDenialsAreNotEnoughHoweverFarApart() {
        belief.good("a", Duration.ofSeconds(1), at(0));
        belief.denied(at(1));
        belief.denied(at(90));
        assertEquals("a", belief.value());
    }

    @Test
    void anAnswerBetweenBeginsTheDenialAnew() {
        belief.good("a", Duration.ofSeconds(1), at(0));
        belief.denied(at(1));
        belief.denied(at(2));
        belief.good("b", Duration.ofSeconds(1), at(3));
        belief.denied(at(40));
        assertEquals("b", belief.value());
        assertFalse(belief.isDenied());
    }

    @Test
    void aFailureBetweenIsNoAnswer() {
        belief.good("a", Duration.ofSeconds(1), at(0));
        belief.denied(at(1));
        belief.failed(at(2));
        belief.denied(at(3));
        belief.failed(at(4));
        belief.denied(at(31));
        assertTrue(belief.isDenied());
    }

    @Test
    void aNameThatNeverWasIsDeniedInTheEnd() {
        belief.denied(at(0));
        belief.denied(at(15));
        assertFalse(belief.isDenied());
        belief.denied(at(30));
        assertTrue(belief.isDenied());
        belief.good("a", Duration.ofSeconds(1), at(31));
        assertFalse(belief.isDenied());
    }
}
