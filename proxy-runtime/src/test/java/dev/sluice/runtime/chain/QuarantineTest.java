package dev.sluice.runtime.chain;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QuarantineTest {
    private static final long WITHIN = 100;
    private static final long DURATION = 1_000;

    private static Quarantine quarantine(int after) {
        return new Quarantine(new Quarantine.Rule(after, WITHIN, DURATION, false));
    }

    @Test
    void theOffenceTooManyBeginsIt() {
        Quarantine quarantine = quarantine(3);
        assertFalse(quarantine.offence(-50));
        assertFalse(quarantine.offence(0));
        assertFalse(quarantine.active(0));
        assertTrue(quarantine.offence(50));
        assertTrue(quarantine.active(50));
        assertTrue(quarantine.active(50 + DURATION - 1));
        assertFalse(quarantine.active(50 + DURATION));
    }

    @Test
    void offencesThatAreFarApartDoNotAddUp() {
        Quarantine quarantine = quarantine(2);
        for (long now = 0; now < 10 * WITHIN; now += WITHIN + 1) {
            assertFalse(quarantine.offence(now), "at " + now);
        }
        assertTrue(quarantine.offence(10 * WITHIN));
    }

    @Test
    void offencesMeanwhileDoNotProlongIt() {
        Quarantine quarantine = quarantine(1);
        assertTrue(quarantine.offence(0));
        assertFalse(quarantine.offence(DURATION - 1));
        assertFalse(quarantine.active(DURATION));
        assertTrue(quarantine.offence(DURATION));
    }

    @Test
    void theRuleIsTheOneThatWasGiven() {
        assertEquals(3, quarantine(3).rule().after());
    }
}
