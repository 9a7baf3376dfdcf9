package dev.sluice.dist.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page of figures: the commands that it names exist, and each table has a figure in each cell. */
class FiguresPageTest {
    private final Page page = Page.of("figures.md");

    @Test
    void commandsAreThere() throws Exception {
        Set<String> scripts = Page.found("((?:examples|proxy-dist/src)/[\\w./-]+/(?:run|\\w+\\.java))", page.text());
        assertFalse(scripts.isEmpty());
        for (String script : scripts) {
            assertTrue(Files.exists(Page.REPOSITORY.resolve(script)), script);
        }
        String run = Files.readString(Page.REPOSITORY.resolve("examples/benchmarks/run"));
        Set<String> sections = Page.found("\\brun ([a-z]+)", page.text());
        assertTrue(sections.contains("memory"));
        for (String section : sections) {
            assertTrue(run.contains(section), "examples/benchmarks/run knows no " + section);
        }
    }

    @Test
    void testsThatItNamesAreThere() throws Exception {
        for (String test : Page.found("`(\\w+Test)`", page.text())) {
            try (var files = Files.walk(Page.REPOSITORY.resolve("proxy-runtime/src/test"))) {
                assertTrue(files.map(Path::getFileName).anyMatch(name -> name.toString().equals(test + ".java")), test);
            }
        }
    }

    @Test
    void tablesAreComplete() {
        for (String first : Set.of("size × connections", "work")) {
            Page.Table table = page.table(first);
            table.rows().forEach(row -> assertEquals(table.header().size(), row.size(), row::toString));
            table.rows().forEach(row -> row.stream().skip(first.equals("work") ? 1 : 2)
                    .forEach(cell -> assertTrue(cell.matches("[\\d,.]+( µs| ms)?"), cell)));
        }
    }
}
