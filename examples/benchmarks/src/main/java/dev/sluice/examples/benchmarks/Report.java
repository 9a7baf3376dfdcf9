package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The report of a run, in a directory: {@code report.md} with the tables, a CSV file of every turn and the plots for
 * each section. The same text goes to standard output as it comes into being.
 */
final class Report {
    private final Path directory;
    private final Path file;
    private final Machine machine;
    private final boolean plots;

    /**
     * Begins a report, and replaces the last one in this directory.
     *
     * @param plots whether gnuplot is there
     */
    Report(Path directory, Machine machine, boolean plots) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.file = directory.resolve("report.md");
        this.machine = machine;
        this.plots = plots;
        Files.deleteIfExists(file);
        say("# Sluice beside its peers");
    }

    /** A heading with what the figures under it were measured on, and how. */
    void section(String title, String how) throws IOException {
        say("", "## " + title, "", how, "", machine.describe() + ".");
    }

    /** A paragraph. */
    void text(String paragraph) throws IOException {
        say("", paragraph);
    }

    void table(Table table) throws IOException {
        List<String> lines = new ArrayList<>(table.lines());
        lines.addFirst("");
        say(lines.toArray(String[]::new));
    }

    /** Every turn of a section, in a file of this name. */
    void turns(String name, Turns turns) throws IOException {
        Path csv = directory.resolve(name + ".csv");
        turns.write(csv);
        say("", "Every turn: [" + csv.getFileName() + "](" + csv.getFileName() + ").");
    }

    /** Draws, if gnuplot is there. */
    void plot(Plot plot) throws IOException {
        if (plots) {
            plot.draw(directory, machine.caption());
            say("", "![" + plot.name() + "](" + plot.name() + ".svg)");
        }
    }

    /** Ends a section. */
    void end() throws IOException {
        say("", "At the end of this section: " + Machine.load() + ".");
    }

    /** For what a section writes besides. */
    Path directory() {
        return directory;
    }

    private void say(String... lines) throws IOException {
        for (String line : lines) {
            System.out.println(line);
        }
        Files.write(file, List.of(lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
