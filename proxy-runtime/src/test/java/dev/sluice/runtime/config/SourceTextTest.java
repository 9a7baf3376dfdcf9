package dev.sluice.runtime.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.sluice.runtime.yaml.SourceText;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

class SourceTextTest {
    private static SourceText source(String text) {
        return new SourceText("s.yaml", 0, text);
    }

    @Test
    void showsTheLineWithACaret() {
        SourceText source = source("one: 1\r\ntwo: 2\rthree: 3\n");
        assertEquals("three: 3\n       ^", source.excerpt(3, 8));
        assertEquals("one: 1\n^", source.excerpt(1, 1));
        assertEquals("two: 2\n     ^", source.excerpt(2, 6));
        assertEquals("two: 2\n      ^", source.excerpt(2, 99));
    }

    @Test
    void showsNothingWhereThereIsNothing() {
        SourceText source = source("one: 1\n\n  \n");
        assertNull(source.excerpt(0, 0));
        assertNull(source.excerpt(2, 1));
        assertNull(source.excerpt(3, 3));
        assertNull(source.excerpt(99, 1));
    }

    @Test
    void keepsTabsUnderTabs() {
        assertEquals("\ta:\t1\n\t  \t^", source("\ta:\t1").excerpt(1, 5));
    }

    @Test
    void cutsALongLineAroundTheColumn() {
        String line = "a".repeat(500) + "X" + "b".repeat(500);
        assertEquals("…" + "a".repeat(60) + "X" + "b".repeat(59) + "…\n" + " ".repeat(61) + "^",
                source(line).excerpt(1, 501));
        assertEquals("X" + "b".repeat(119) + "…\n^", source(line.substring(500)).excerpt(1, 1));
    }

    @Test
    void columnsCountCharactersNotChars() {
        assertEquals("😀: x\n   ^", source("😀: x").excerpt(1, 4));
        assertEquals(4, source("a\n😀: x").locationOf(6).column());
    }

    @Test
    void replacesWhatWouldMoveTheCursor() {
        assertEquals("a: \uFFFD[31m\n   ^", source("a: \u001b[31m").excerpt(1, 4));
    }

    @Test
    void namesTheFirstByteThatIsNotUtf8() {
        Problems problems = new Problems();
        byte[] bytes = "a: ä\nb:x".getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 1] = (byte) 0xFC;
        assertNull(SourceText.decode(Path.of("s.yaml"), 0, bytes, problems));
        assertEquals("s.yaml:2:3: the byte 0xfc here is not UTF-8; allowed: text in UTF-8\n    b:\n      ^",
                problems.errors().getFirst().render());
    }

    @Test
    void aByteOrderMarkIsNotText() {
        SourceText source = SourceText.decode(Path.of("s.yaml"), 0, "\uFEFFa: 1".getBytes(StandardCharsets.UTF_8),
                new Problems());
        assertNotNull(source);
        assertEquals("a: 1", source.text());
    }
}
