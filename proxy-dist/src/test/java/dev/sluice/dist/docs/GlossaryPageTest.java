package dev.sluice.dist.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The glossary: in order, without repetition, and of words that are used. */
class GlossaryPageTest {
    private final List<List<String>> rows = Page.of("glossary.md").table("term").rows();

    @Test
    void termsStandInOrderAndOnce() {
        List<String> terms = rows.stream().map(List::getFirst).toList();
        assertEquals(List.copyOf(new TreeSet<>(terms)), terms);
    }

    @Test
    void eachHasAMeaning() {
        rows.forEach(row -> assertTrue(row.get(1).length() > 20, row::toString));
    }

    @Test
    void termsAreUsed() throws IOException {
        String text = text(Page.DOCS) + text(Page.REPOSITORY.resolve("proxy-runtime"))
                + text(Page.REPOSITORY.resolve("proxy-api/src")) + text(Page.REPOSITORY.resolve("CONTRIBUTING.md"));
        for (List<String> row : rows) {
            String stem = row.getFirst().replaceFirst("(e|y)$", "");
            assertTrue(text.contains(stem), () -> "nobody uses the word " + row.getFirst());
        }
    }

    private static String text(Path directory) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(java|md|yaml)")).toList()) {
                if (!file.endsWith("glossary.md")) {
                    text.append(Files.readString(file).toLowerCase(Locale.ROOT).replaceAll("[\\s*/]+", " "));
                }
            }
        }
        return text.toString();
    }
}
