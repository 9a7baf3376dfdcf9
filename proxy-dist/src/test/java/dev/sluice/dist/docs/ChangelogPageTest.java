package dev.sluice.dist.docs;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The changelog: versions, short entries, and names that exist where the other pages have them. */
class ChangelogPageTest {
    private static final int LONGEST = 600;

    private final Page page = Page.of("changelog.md");

    @Test
    void theNewestChangesComeFirst() {
        assertEquals("Unreleased", page.titles(2).getFirst());
        page.titles(2).stream().skip(1).forEach(title -> assertTrue(title.matches("\\d+\\.\\d+\\.\\d+.*"), title));
    }

    @Test
    void entriesAreWholeAndShort() {
        List<String> entries = page.text().lines().toList();
        StringBuilder entry = new StringBuilder();
        for (String line : entries) {
            if (line.startsWith("  ")) {
                entry.append(' ').append(line.strip());
                continue;
            }
            check(entry.toString());
            entry.setLength(0);
            if (line.startsWith("- ")) {
                entry.append(line.substring(2));
            }
        }
        check(entry.toString());
    }

    private static void check(String entry) {
        assertTrue(entry.length() <= LONGEST, () -> "an entry is a sentence or two: " + entry);
        assertTrue(entry.isEmpty() || entry.endsWith("."), () -> "without an end: " + entry);
    }

    @Test
    void metricsAreThoseOfTheOperationsPage() {
        Set<String> metrics = new TreeSet<>(Page.found("`(sluice_\\w+)`", page.text()));
        metrics.removeAll(Page.found("`(sluice_\\w+)`", Page.of("operations.md").text()));
        assertEquals(Set.of(), metrics);
    }
}
