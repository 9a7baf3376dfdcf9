package dev.sluice.runtime.relay;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The choice of directions that are worth a pipe, from the sizes of their events. */
class SplicePumpTest {
    private static byte after(int count, int moved, byte before) {
        byte pace = before;
        for (int i = 0; i < count; i++) {
            pace = SplicePump.pace(pace, moved);
        }
        return pace;
    }

    @Test
    void aDirectionThatHasCarriedNothingIsCopied() {
        assertFalse(SplicePump.isWorthIt((byte) 0));
    }

    @Test
    void fourLargeEventsInARowAreWorthAPipe() {
        assertFalse(SplicePump.isWorthIt(after(3, SplicePump.LARGE, (byte) 0)));
        assertTrue(SplicePump.isWorthIt(after(4, SplicePump.LARGE, (byte) 0)));
    }

    @Test
    void anEventThatIsAByteTooSmallIsNotLarge() {
        assertEquals(0, after(9, SplicePump.LARGE - 1, (byte) 0));
    }

    @Test
    void smallEventsWearItOff() {
        byte sustained = after(1_000, SplicePump.LARGE, (byte) 0);
        assertTrue(SplicePump.isWorthIt(after(4, 1, sustained)));
        assertFalse(SplicePump.isWorthIt(after(5, 1, sustained)));
        assertEquals(0, after(1_000, 1, sustained));
    }
}
