package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Figures of a report on their way into the pages of a project. */
class PublicationTest {
    private static final String DOCS = "proxy-dist/src/dist/docs/";
    private static final String PAGE = "above\n<!-- figures:begin -->\nold\n<!-- figures:end -->\nbelow\n";

    @TempDir
    private Path project;

    @TempDir
    private Path report;

    private Publication publication;

    @BeforeEach
    void makePagesAndAReport() throws IOException {
        publication = new Publication(project);
        Files.createDirectories(project.resolve(DOCS));
        Files.writeString(project.resolve("README.md"), PAGE);
        Files.writeString(project.resolve(DOCS + "figures.md"), PAGE);
        Files.writeString(report.resolve("figures.md"), "| new |\n\ncaption\n");
        Files.writeString(report.resolve("memory.svg"), "memory");
        Files.writeString(report.resolve("cpu.svg"), "cpu");
    }

    @Test
    void tableStandsBetweenTheMarkersOfBothPagesAndThePicturesBeside() throws IOException {
        publication.publish(report);
        String expected = "above\n<!-- figures:begin -->\n| new |\n\ncaption\n<!-- figures:end -->\nbelow\n";
        assertEquals(expected, Files.readString(project.resolve("README.md")));
        assertEquals(expected, Files.readString(project.resolve(DOCS + "figures.md")));
        assertEquals("memory", Files.readString(project.resolve(DOCS + "images/memory.svg")));
        assertEquals("cpu", Files.readString(project.resolve(DOCS + "images/cpu.svg")));
    }

    @Test
    void longLinesAreWrappedAndRowsOfTheTableAreNot() {
        String row = "|" + " x".repeat(100) + " |";
        String words = "word ".repeat(50).strip();

        String wrapped = Publication.wrapped(row + "\n\n" + words + "\n");

        assertEquals(row, wrapped.lines().findFirst().orElseThrow());
        assertTrue(wrapped.lines().skip(1).allMatch(line -> line.length() <= 120), wrapped);
        assertEquals(words, String.join(" ", wrapped.lines().skip(2).toList()));
    }

    @Test
    void publishingTwiceChangesNothing() throws IOException {
        publication.publish(report);
        String once = Files.readString(project.resolve("README.md"));
        publication.publish(report);
        assertEquals(once, Files.readString(project.resolve("README.md")));
    }

    @Test
    void pageWithoutMarkersIsNamedBeforeAnythingIsMeasured() throws IOException {
        publication.check();
        Files.writeString(project.resolve(DOCS + "figures.md"), "no markers");
        IllegalStateException refused = assertThrows(IllegalStateException.class, publication::check);
        assertTrue(String.valueOf(refused.getMessage()).contains(DOCS + "figures.md"), refused::toString);
    }

    @Test
    void reportOfOneSectionIsRefusedAndNoPageIsTouched() throws IOException {
        Files.delete(report.resolve("cpu.svg"));
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> publication.publish(report));
        assertTrue(String.valueOf(refused.getMessage()).contains("cpu.svg"), refused::toString);
        assertEquals(PAGE, Files.readString(project.resolve("README.md")));
    }
}
