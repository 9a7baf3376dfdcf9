package dev.sluice.runtime.health;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AnswerTest {
    private final Answer answer = new Answer();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All ways to cut a text in two, and byte by byte: the same answer, not before the last byte that is needed. */
    @Test
    void theExpectedIsFoundInEachSplit() {
        String text = "ab+PO+PONG\r\n";
        Bytes expected = Bytes.of("+PONG");
        int end = text.indexOf("+PONG") + expected.length();
        for (int cut = 0; cut <= text.length(); cut++) {
            Answer split = new Answer();
            split.add(bytes(text.substring(0, cut)));
            assertEquals(cut >= end, split.contains(expected), "first " + cut + " bytes");
            split.add(bytes(text.substring(cut)));
            assertTrue(split.contains(expected), "cut at " + cut);
        }
        for (int i = 0; i < text.length(); i++) {
            answer.add(bytes(text.substring(i, i + 1)));
            assertEquals(i + 1 >= end, answer.contains(expected), "after byte " + i);
        }
    }

    @Test
    void bytesOverlappingAFalseBeginningAreFound() {
        answer.add(bytes("aaa"));
        assertFalse(answer.contains(Bytes.of("aaab")));
        answer.add(bytes("ab"));
        assertTrue(answer.contains(Bytes.of("aaab")));
    }

    @Test
    void onlyTheFirstBytesCount() {
        answer.add(bytes("x".repeat(Answer.LIMIT - 2)));
        assertFalse(answer.isFull());
        answer.add(bytes("yyz"));
        assertTrue(answer.isFull());
        assertTrue(answer.contains(Bytes.of("yy")), "ends with the last byte that counts");
        assertFalse(new Answer().contains(Bytes.of("z")));
        assertFalse(answer.contains(Bytes.of("yz")));
        answer.add(bytes("yz"));
        assertFalse(answer.contains(Bytes.of("yz")), "beyond the limit");
    }

    @Test
    void isShownEscapedAndShort() {
        answer.add(bytes("-LOADING \"x\\y\"\r\n\t\0\u001b[2J\u00ff"));
        assertEquals("\"-LOADING \\\"x\\\\y\\\"\\r\\n\\t\\x00\\x1b[2J\\xff\"", answer.toString());
        answer.add(bytes("z".repeat(100)));
        assertTrue(answer.toString().endsWith("zzz…\""), answer.toString());
        assertTrue(answer.toString().length() < 120, answer.toString());
    }
}
