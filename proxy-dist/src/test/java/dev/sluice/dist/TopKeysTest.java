package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.dist.TopKeys.Effect;
import dev.sluice.dist.TopKeys.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The keyboard, without a terminal. */
class TopKeysTest {
    private final TopKeys keys = new TopKeys("", TopKeys.SORTS.getFirst());

    private Effect type(String text) {
        Effect last = Effect.NONE;
        for (int key : text.codePoints().toArray()) {
            last = keys.press(key);
        }
        return last;
    }

    @ParameterizedTest
    @CsvSource({"q, QUIT, LIST", "s, POLL, LIST", "/, NONE, FILTER", "k, NONE, NUMBER", "?, NONE, HELP",
        "p, NONE, LIST",
        "' ', POLL, LIST", "x, NONE, LIST", "/q, NONE, FILTER", "kq, NONE, NUMBER", "k12, NONE, NUMBER",
        "?q, NONE, LIST",
        "pp, POLL, LIST"})
    void keysHaveTheirEffectInEachMode(String typed, Effect effect, Mode mode) {
        assertEquals(effect, type(typed));
        assertEquals(mode, keys.mode());
    }

    @ParameterizedTest
    @CsvSource({"''", "/ab", "k1", "?"})
    void controlCQuitsFromEverywhere(String typed) {
        type(typed);
        assertEquals(Effect.QUIT, keys.press(TopKeys.INTERRUPT));
    }

    @Test
    void sortGoesThroughAllFieldsAndBegins() {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < TopKeys.SORTS.size(); i++) {
            type("s");
            seen.add(keys.sort());
        }
        assertEquals(TopKeys.SORTS.getFirst(), seen.getLast());
        assertEquals(TopKeys.SORTS.size(), seen.stream().distinct().count());
    }

    @Test
    void aConditionIsEditedAndTaken() {
        type("/age>1x");
        keys.press(TopKeys.BACKSPACE);
        assertEquals("where: age>1_", keys.prompt());
        assertEquals("", keys.where());
        assertEquals(Effect.POLL, type("h\r"));
        assertEquals("age>1h", keys.where());
        type("/");
        assertEquals("where: age>1h_", keys.prompt(), "it can be changed");
        keys.press(TopKeys.ERASE_LINE);
        assertEquals(Effect.POLL, type("\r"));
        assertEquals("", keys.where());
    }

    @Test
    void escapeLeavesTheConditionAlone() {
        type("/age>1h\r/x");
        keys.press(TopKeys.ESCAPE);
        assertEquals("age>1h", keys.where());
        assertEquals(Mode.LIST, keys.mode());
    }

    @Test
    void aRefusedConditionCanBeCorrectedAndTheOldOneCounts() {
        type("/age>1h\r");
        keys.accepted();
        type("\u0015/");
        keys.press(TopKeys.ERASE_LINE);
        type("nonsense\r");
        keys.refused("column 1: \33[2Jno");
        assertEquals("age>1h", keys.where());
        assertEquals("where: nonsense_", keys.prompt());
        assertEquals("column 1: \uFFFD[2Jno", keys.complaint());
    }

    @Test
    void closingAsksFirst() {
        assertEquals(Effect.DESCRIBE, type("k42\r"));
        assertEquals(42, keys.target());
        keys.question("close 42?");
        assertEquals("close 42?", keys.prompt());
        assertEquals(Effect.CLOSE, type("y"));
        assertEquals(Mode.LIST, keys.mode());
    }

    @ParameterizedTest
    @CsvSource({"n", "q", "x", "' '"})
    void anyOtherAnswerClosesNothing(String answer) {
        type("k42\r");
        assertEquals(Effect.NONE, type(answer));
        assertEquals(Mode.LIST, keys.mode());
        assertEquals("nothing was closed", keys.prompt());
    }

    @Test
    void onlyDigitsAreANumber() {
        type("ka1/2");
        assertEquals("close connection number: 12_", keys.prompt());
        keys.press(TopKeys.BACKSPACE);
        keys.press(TopKeys.BACKSPACE);
        assertEquals(Effect.NONE, type("\r"));
        assertEquals(Mode.LIST, keys.mode());
        assertEquals(Effect.DESCRIBE, type("k" + "9".repeat(30) + "\r"));
        assertEquals(999_999_999_999_999_999L, keys.target());
    }

    @Test
    void aMessageStaysUntilTheNextKey() {
        keys.say("done\nit");
        assertEquals("done\uFFFDit", keys.prompt());
        type("x");
        assertTrue(keys.prompt().startsWith("s sort"));
    }

    @Test
    void movingStaysWithinThePage() {
        keys.page(10);
        assertEquals(Effect.NONE, keys.press(TopKeys.UP));
        assertEquals(Effect.POLL, keys.press(TopKeys.PAGE_DOWN));
        assertEquals(Effect.POLL, keys.press(TopKeys.DOWN));
        assertEquals(11, keys.offset());
        for (int i = 0; i < 200; i++) {
            keys.press(TopKeys.PAGE_DOWN);
        }
        assertTrue(keys.offset() < ConnectionsCommand.PAGE);
        keys.press(TopKeys.HOME);
        assertEquals(0, keys.offset());
    }

    @Test
    void pauseIsEndedByItsKey() {
        type("p");
        assertTrue(keys.paused());
        type("p");
        assertFalse(keys.paused());
    }
}
