package dev.sluice.runtime.health;

import dev.sluice.runtime.health.CheckVerdict.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckVerdictTest {
    /** Results as + and −; after each, the verdict: {@code ?} none, {@code U} passed, {@code D} failed. */
    @ParameterizedTest
    @CsvSource({
        // One success is enough for the first verdict, whatever came before.
        "+,        U",
        "-+,       ?U",
        "--+,      ??U",
        // A failed first verdict takes fall failures.
        "---,      ??D",
        // A single failure, or two, change nothing; a success begins the count anew.
        "+--+--+,  UUUUUUU",
        "+---,     UUUD",
        // One success does not bring it back, two do; a failure begins the count anew.
        "---+-+-,  ??DDDDD",
        "---++,    ??DDU",
        "---++---, ??DDUUUD",
    })
    void changesAfterResultsInARow(String results, String expected) {
        CheckVerdict verdict = new CheckVerdict(2, 3);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < results.length(); i++) {
            Standing before = verdict.standing();
            boolean changed = results.charAt(i) == '+' ? verdict.success() : verdict.failure();
            assertEquals(before != verdict.standing(), changed, "result " + i);
            seen.append(switch (verdict.standing()) {
                case UNCHECKED -> '?';
                case PASSED -> 'U';
                case FAILED -> 'D';
            });
        }
        assertEquals(expected, seen.toString());
    }

    @Test
    void isSettledWhileResultsAgreeWithIt() {
        CheckVerdict verdict = new CheckVerdict(2, 2);
        assertFalse(verdict.isSettled(), "unchecked");
        verdict.failure();
        assertFalse(verdict.isSettled(), "unchecked, one failure");
        verdict.success();
        assertTrue(verdict.isSettled(), "passed");
        verdict.failure();
        assertFalse(verdict.isSettled(), "passed, one failure");
        verdict.failure();
        assertTrue(verdict.isSettled(), "failed");
        verdict.success();
        assertFalse(verdict.isSettled(), "failed, one success");
        verdict.failure();
        assertTrue(verdict.isSettled(), "failed again");
    }
}
