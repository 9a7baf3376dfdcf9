package dev.sluice.examples.soak;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Content of streams: the same however it is cut, and every difference is found at its place. */
class ContentTest {
    private static final int LENGTH = 100;
    private final Content content = new Content(4711);

    private static byte[] bytes(Content content, int from, int to) {
        byte[] bytes = new byte[to - from];
        content.fill(bytes, bytes.length, from);
        return bytes;
    }

    @Test
    void piecesAreThoseOfTheWhole() {
        byte[] whole = bytes(content, 0, LENGTH);
        for (int from = 0; from <= LENGTH; from++) {
            for (int to = from; to <= LENGTH; to++) {
                byte[] piece = Arrays.copyOfRange(whole, from, to);
                assertArrayEquals(piece, bytes(content, from, to));
                assertEquals(-1, content.difference(piece, piece.length, from));
            }
        }
    }

    @Test
    void eachWrongByteIsFound() {
        for (int from = 0; from < 10; from++) {
            for (int wrong = 0; wrong < LENGTH; wrong++) {
                byte[] bytes = bytes(content, from, from + LENGTH);
                bytes[wrong]++;
                assertEquals(wrong, content.difference(bytes, LENGTH, from));
            }
        }
    }

    @Test
    void bytesOfAnotherPlaceOrStreamAreWrong() {
        byte[] moved = bytes(content, 8, 8 + LENGTH);
        assertTrue(content.difference(moved, LENGTH, 0) >= 0);
        byte[] other = bytes(new Content(4712), 0, LENGTH);
        assertTrue(content.difference(other, LENGTH, 0) >= 0);
    }
}
