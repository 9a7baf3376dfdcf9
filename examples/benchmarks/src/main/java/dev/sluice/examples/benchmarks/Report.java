package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of a run, in a directory: {@code report.md} with the tables, a CSV file of every turn and the plots for each section. The same
 * text goes to standard output as it comes into being.
 */
final class Report {
    private final Path directory;
    private final Path file;
    private final Machine machine;
    private final boolean plots;
    private final Map<String, Turns> sections = new LinkedHashMap<>();
    private final Comparison changes = new Comparison();

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

    /** A heading, the way of measuring, and the machine. */
    void section(String title, String how) throws IOException {
        say("", "## " + title, "", how, "", machine.describe() + ".");
    }

    /** A heading without a measurement. */
    void heading(String title) throws IOException {
        say("", "## " + title);
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
        sections.put(name, turns);
        Path csv = directory.resolve(name + ".csv");
        turns.write(csv);
        say("", "Every turn: [" + csv.getFileName() + "](" + csv.getFileName() + ").");
    }

    /** The current build beside the baseline, if there is one. */
    void compare(String section, Turns turns, Comparison.Figure... figures) throws IOException {
        Comparison comparison = new Comparison();
        comparison.add(section, turns, List.of(figures));
        changes.add(section, turns, List.of(figures));
        if (!comparison.isEmpty()) {
            text("**Change against the baseline** (ratio below 1: less than the baseline):");
            table(comparison.table());
        }
    }

    /** All changes against the baseline in one table, if there is one. */
    void changes(String baseline) throws IOException {
        if (!changes.isEmpty()) {
            heading("Change against the baseline");
            text("Baseline: " + baseline
                    + ". The two builds took turns in every round. The ratio is the median of the rounds' ratios of "
                    + "now / baseline; where the rounds disagree on its direction, it is noise.");
            table(changes.table());
        }
    }

    /** Draws, if gnuplot is there, and shows the picture. */
    void plot(Plot plot) throws IOException {
        if (plots) {
            plot.draw(directory, machine.caption());
            say("", "![" + plot.name() + "](" + plot.name() + ".svg)");
        }
    }

    /** Writes the table and the pictures that a README needs, if all of their sections were measured. */
    void figures(boolean quick) throws IOException {
        if (Figures.complete(sections)) {
            Figures figures = new Figures(sections);
            heading("Figures for the README");
            Files.writeString(directory.resolve(Publication.TABLE),
                    String.join("\n", figures.table().lines()) + "\n\n" + figures.caption(machine, quick) + "\n");
            text("The table is in [" + Publication.TABLE + "](" + Publication.TABLE + ").");
            if (plots) {
                for (Plot picture : figures.pictures()) {
                    picture.draw(directory, List.of());
                    say("", "![" + picture.name() + "](" + picture.name() + ".svg)");
                }
            }
        }
    }

    /** Ends a section. */
    void end() throws IOException {
        say("", "At the end of this section: " + Machine.load() + ".");
    }

    /** For files that a section writes besides. */
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
