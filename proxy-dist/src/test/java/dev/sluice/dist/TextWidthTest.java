package dev.sluice.dist;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Columns that text takes on a terminal. */
class TextWidthTest {
    @ParameterizedTest
    @CsvSource({"abc, 3", "äöü, 3", "例え, 4", "e\u0301, 1", "\uD83D\uDE00, 2", "a\uFFFD, 2"})
    void widthIsInColumns(String text, int columns) {
        assertEquals(columns, TextWidth.of(text));
    }

    @ParameterizedTest
    @CsvSource({"abcdef, 6, abcdef", "abcdef, 5, abcd…", "例え例え, 5, 例え…", "例え例え, 4, 例…", "abc, 1, …",
        "e\u0301e\u0301e\u0301, 2, e\u0301…"})
    void whatDoesNotFitIsCut(String text, int columns, String cut) {
        assertEquals(cut, TextWidth.cut(text, columns));
    }

    @ParameterizedTest
    @CsvSource({"ab, 4", "例え例え, 4", "例え例え, 5", "abcdef, 3", "abc, 0"})
    void fieldsHaveExactlyTheirWidth(String text, int columns) {
        assertEquals(columns, TextWidth.of(TextWidth.left(text, columns)));
        assertEquals(columns, TextWidth.of(TextWidth.right(text, columns)));
    }
}
