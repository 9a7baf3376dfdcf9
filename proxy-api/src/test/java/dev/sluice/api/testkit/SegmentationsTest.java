package dev.sluice.api.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmentationsTest {
    private static List<String> cuts(Segmentations segmentations, String stream) {
        List<String> all = new ArrayList<>();
        for (List<byte[]> pieces : segmentations.of(stream.getBytes(US_ASCII))) {
            all.add(String.join("|", pieces.stream().map(piece -> new String(piece, US_ASCII)).toList()));
        }
        return all;
    }

    @Test
    void eachWayToCut() {
        assertEquals(List.of("abcd"), cuts(Segmentations.whole(), "abcd"));
        assertEquals(List.of("a|b|c|d"), cuts(Segmentations.dribble(), "abcd"));
        assertEquals(List.of("a|bcd", "ab|cd", "abc|d"), cuts(Segmentations.twoWay(), "abcd"));
        assertEquals(List.of("a|bc|d"), cuts(Segmentations.cutAt(3, 1, 3, 9, 0), "abcd"));
        assertEquals(List.of("abcd", "a|b|c|d"),
                cuts(Segmentations.whole().and(Segmentations.dribble()), "abcd"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17, 300})
    void noByteIsLostAndNoPieceIsEmpty(int length) {
        byte[] stream = new byte[length];
        for (int i = 0; i < length; i++) {
            stream[i] = (byte) i;
        }
        List<List<byte[]>> all = Segmentations.every().of(stream);
        assertTrue(all.size() > length);
        for (List<byte[]> pieces : all) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            for (byte[] piece : pieces) {
                assertNotEquals(0, piece.length);
                joined.writeBytes(piece);
            }
            assertArrayEquals(stream, joined.toByteArray());
        }
    }

    @Test
    void aSeedIsReproducible() {
        String stream = "the quick brown fox";
        assertEquals(cuts(Segmentations.random(7, 20), stream), cuts(Segmentations.random(7, 20), stream));
        assertNotEquals(cuts(Segmentations.random(7, 20), stream), cuts(Segmentations.random(8, 20), stream));
        assertEquals(20, cuts(Segmentations.random(7, 20), stream).size());
    }

    @Test
    void aWayIsToldAsItIsReproduced() {
        assertEquals("in one piece", Segmentations.describe(new int[]{9}, 1));
        assertEquals("in one piece", Segmentations.describe(new int[0], 0));
        assertEquals("cut at 3, 5", Segmentations.describe(new int[]{3, 5, 9}, 3));
        assertEquals("one byte at a time", Segmentations.describe(new int[]{1, 2, 3}, 3));
    }
}
