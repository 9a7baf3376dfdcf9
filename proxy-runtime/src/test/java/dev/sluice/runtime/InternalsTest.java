package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The pages for contributors beside the code: every class and method that they name exists, and the indexes have every page. */
class InternalsTest {
    private static final Path INTERNALS = Path.of("internals");
    private static final Path DECISIONS = Path.of("decisions");

    private static List<Page> pages(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Page> pages = files.sorted().map(Page::read).toList();
            assertFalse(pages.isEmpty());
            return pages;
        }
    }

    /** Sources by the simple name of their class, those of tests included. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("proxy-api", "proxy-runtime")) {
            try (Stream<Path> files = Files.walk(Page.REPOSITORY.resolve(module + "/src"))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }

    @Test
    void classesAndMethodsAreThere() throws IOException {
        Map<String, String> sources = sources();
        List<String> missing = new ArrayList<>();
        for (Page page : pages(INTERNALS)) {
            Set<String> names = Page.found("`([A-Z][a-z]\\w+(?:\\.\\w+)?)`", page.text());
            assertTrue(names.size() > 3, page.file() + " explains no code");
            for (String name : names) {
                String[] parts = name.split("\\.", -1);
                String source = sources.get(parts[0]);
                if (source == null || (parts.length > 1 && !source.contains(" " + parts[1] + "("))) {
                    missing.add(page.file() + ": " + name);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void contributorsFindEachPage() throws IOException {
        Page contributing = Page.read(Page.REPOSITORY.resolve("CONTRIBUTING.md"));
        for (Path directory : List.of(INTERNALS, DECISIONS)) {
            for (Page page : pages(directory)) {
                assertTrue(contributing.links().contains("proxy-runtime/" + page.file()), page.file()::toString);
            }
        }
    }
}
