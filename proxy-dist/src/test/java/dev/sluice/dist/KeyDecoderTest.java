package dev.sluice.dist;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Keys of what a terminal sends. */
class KeyDecoderTest {
    private final KeyDecoder decoder = new KeyDecoder();

    private List<Integer> keys(String sent) {
        List<Integer> keys = new ArrayList<>();
        sent.chars().forEach(c -> decoder.next((char) c).ifPresent(keys::add));
        return keys;
    }

    @Test
    void charactersAreThemselves() {
        assertEquals(List.of((int) 'a', 0x1F600, (int) 'ü'), keys("a\uD83D\uDE00ü"));
    }

    @Test
    void sequencesAreOneKey() {
        assertEquals(List.of(TopKeys.UP, TopKeys.DOWN, TopKeys.UP, TopKeys.PAGE_UP, TopKeys.PAGE_DOWN, TopKeys.HOME,
                (int) 'q'), keys("\33[A\33[B\33OA\33[5~\33[6~\33[Hq"));
    }

    @Test
    void anUnknownSequenceIsNoKeyAndNoCharacters() {
        assertEquals(List.of((int) 'x'), keys("\33[1;5Cx"));
        assertEquals(List.of((int) 'y'), keys("\33ky"), "Alt and a letter");
        assertEquals(List.of((int) 'z'), keys("\33[200~z"), "the start of something pasted");
    }

    @Test
    void anEscapeWithNothingBehindItIsTheKey() {
        assertEquals(List.of(), keys("\33"));
        assertTrue(decoder.pending());
        assertEquals(TopKeys.ESCAPE, decoder.silence().orElseThrow());
        assertTrue(decoder.silence().isEmpty());
        assertEquals(List.of((int) 'a'), keys("a"));
    }
}
