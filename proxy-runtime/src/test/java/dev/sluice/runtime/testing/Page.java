package dev.sluice.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Markdown page of the documentation, or a section of one, taken apart for tests. */
public record Page(Path file, String text) {
    /** The directory of this repository. */
    public static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    /** The directory whose pages are in the tarball. */
    public static final Path DOCS = REPOSITORY.resolve("proxy-dist/src/dist/docs");

    private static final Pattern HEADING = Pattern.compile("(?m)^(#+) (.*)$");

    /** A table: its header and the rows below. */
    public record Table(List<String> header, List<List<String>> rows) {
        /** Words in backquotes that stand in a column. */
        public Set<String> words(int column) {
            Set<String> words = new TreeSet<>();
            rows.forEach(row -> words.addAll(quoted(row.get(column))));
            return words;
        }
    }

    /** A page of {@code docs/}. */
    public static Page of(String name) {
        return read(DOCS.resolve(name));
    }

    /** The first page of the repository. */
    public static Page readme() {
        return read(REPOSITORY.resolve("README.md"));
    }

    public static Page read(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The section below a heading, up to the next heading of the same or a higher rank. */
    public Page section(String heading) {
        List<MatchResult> headings = headings();
        for (int i = 0; i < headings.size(); i++) {
            if (headings.get(i).group(2).equals(heading)) {
                int rank = headings.get(i).group(1).length();
                int end = headings.stream().skip(i + 1).filter(next -> next.group(1).length() <= rank)
                        .mapToInt(MatchResult::start).findFirst().orElse(text.length());
                return new Page(file, text.substring(headings.get(i).end(), end));
            }
        }
        throw new AssertionError(file + " has no section " + heading);
    }

    /** Titles of the headings of a rank; 2 = {@code ##}. */
    public List<String> titles(int rank) {
        return headings().stream().filter(heading -> heading.group(1).length() == rank).map(heading -> heading.group(2))
                .toList();
    }

    /** Names by which links can lead to headings, as GitHub makes them. */
    public Set<String> anchors() {
        return headings().stream()
                .map(heading -> heading.group(2).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A comment in a shell script looks like a heading, and is none. */
    private List<MatchResult> headings() {
        List<MatchResult> fences = Pattern.compile("(?ms)^```.*?^```$").matcher(text).results().toList();
        return HEADING.matcher(text).results().filter(
                heading -> fences.stream()
                        .noneMatch(fence -> fence.start() < heading.start() && heading.start() < fence.end()))
                .toList();
    }

    /** Contents of the code blocks in a language; "" = those without one. */
    public List<String> blocks(String language) {
        return Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$").matcher(text).results()
                .filter(block -> block.group(1).equals(language)).map(block -> block.group(2)).toList();
    }

    /** Targets of links and pictures, also of those written in HTML. */
    public Set<String> links() {
        String prose = Pattern.compile("(?ms)^```.*?^```$").matcher(text).replaceAll("");
        Set<String> links = new TreeSet<>();
        Pattern.compile("]\\(([^)\\s]+)\\)|(?:src|href)=\"([^\"]+)\"").matcher(prose).results()
                .forEach(link -> links.add(link.group(1) != null ? link.group(1) : link.group(2)));
        return links;
    }

    /** The tables whose first column has this title. */
    public List<Table> tables(String first) {
        List<Table> tables = new ArrayList<>();
        for (MatchResult table : Pattern.compile("(?m)^\\|.*\n\\|[-| ]+\\|\n(?:\\|.*\n?)*").matcher(text).results()
                .toList()) {
            List<List<String>> rows = table.group().lines().map(Page::cells).toList();
            if (rows.getFirst().getFirst().equals(first)) {
                tables.add(new Table(rows.getFirst(), rows.subList(2, rows.size())));
            }
        }
        return tables;
    }

    /** The only table whose first column has this title. */
    public Table table(String first) {
        List<Table> tables = tables(first);
        if (tables.size() != 1) {
            throw new AssertionError(
                    tables.size() + " tables in " + file + " begin with " + first + ", instead of one");
        }
        return tables.getFirst();
    }

    /** A vertical line within a cell is written {@code \|}. */
    private static List<String> cells(String line) {
        String inner = line.strip().replaceFirst("^\\|", "").replaceFirst("\\|$", "");
        return Pattern.compile("(?<!\\\\)\\|").splitAsStream(inner).map(cell -> cell.strip().replace("\\|", "|"))
                .toList();
    }

    /** Words between backquotes. */
    public static Set<String> quoted(String text) {
        return found("`([^`]+)`", text);
    }

    /** First groups of all matches. */
    public static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
