package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Figures of a report on their way into the documentation: the table between two markers of a page, and the pictures. */
public final class Publication {
    /** File of a report with the table and its caption. */
    static final String TABLE = "figures.md";

    private static final List<String> PICTURES = List.of("memory.svg", "cpu.svg");
    private static final List<String> PAGES = List.of("README.md", "proxy-dist/src/dist/docs/figures.md");
    private static final String IMAGES = "proxy-dist/src/dist/docs/images";
    private static final int WIDTH = 120;
    private static final String BEGIN = "<!-- figures:begin -->";
    private static final String END = "<!-- figures:end -->";

    private final Path project;

    /** @param project the root of the project */
    Publication(Path project) {
        this.project = project;
    }

    /** {@code REPORT_DIRECTORY}; the current directory is the root of the project. */
    public static void main(String[] args) throws IOException {
        try {
            Publication publication = new Publication(Path.of(""));
            publication.check();
            publication.publish(Path.of(args[0]));
        } catch (IllegalStateException e) {
            System.err.println("run: " + e.getMessage());
            System.exit(2);
        }
    }

    /**
     * Checks that the pages have the markers, before half an hour of measuring.
     *
     * @throws IllegalStateException with a message for the user
     */
    void check() throws IOException {
        for (String page : PAGES) {
            replaced(page, "");
        }
    }

    /**
     * Writes the figures of a report into the pages, and copies its pictures.
     *
     * @throws IllegalStateException with a message for the user
     */
    void publish(Path report) throws IOException {
        List<String> needed = new ArrayList<>(PICTURES);
        needed.add(TABLE);
        for (String file : needed) {
            if (!Files.exists(report.resolve(file))) {
                throw new IllegalStateException("there is no " + file + " in " + report
                        + ": only a run of all sections writes it. Run examples/benchmarks/run without the name of a section");
            }
        }
        String table = wrapped(Files.readString(report.resolve(TABLE)));
        for (String page : PAGES) {
            String text = replaced(page, table);
            Files.writeString(project.resolve(page), text);
        }
        Path images = Files.createDirectories(project.resolve(IMAGES));
        for (String picture : PICTURES) {
            Files.copy(report.resolve(picture), images.resolve(picture), StandardCopyOption.REPLACE_EXISTING);
        }
        System.out.println("Published in " + String.join(", ", PAGES) + " and " + IMAGES + ".");
    }

    /** The text with lines of at most {@value #WIDTH} characters, as all pages have them; rows of tables stay. */
    static String wrapped(String text) {
        StringBuilder wrapped = new StringBuilder();
        for (String line : text.lines().toList()) {
            int column = 0;
            for (String word : line.startsWith("|") ? List.of(line) : List.of(line.split(" "))) {
                boolean fits = column == 0 || column + 1 + word.length() <= WIDTH;
                wrapped.append(column == 0 ? "" : fits ? " " : "\n").append(word);
                column = (fits && column > 0 ? column + 1 : 0) + word.length();
            }
            wrapped.append('\n');
        }
        return wrapped.toString();
    }

    private String replaced(String page, String table) throws IOException {
        Path file = project.resolve(page);
        String text = Files.exists(file) ? Files.readString(file) : "";
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("there is no line " + BEGIN + " with a line " + END + " below it in " + page
                    + ". Add both where the figures are to stand");
        }
        return text.substring(0, begin + BEGIN.length()) + "\n" + table.strip() + "\n" + text.substring(end);
    }
}
