package dev.sluice.runtime;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.JavaComments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** The rules for comments, on the sources of all modules, because class files have no comments. */
class CommentsTest {
    /** The root of the repository, found from the place of this class: tests may run in any directory. */
    private static Path root() throws URISyntaxException {
        Path start = Path.of(CommentsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("CONTRIBUTING.md")) && Files.exists(directory.resolve("proxy-api"))) {
                return directory;
            }
        }
        throw new IllegalStateException("no directory above " + start + " has CONTRIBUTING.md and proxy-api");
    }

    private static List<Path> sources(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.getFileName().toString().endsWith("-info.java"))
                    .filter(file -> !module.relativize(file).toString().contains("target/")).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy-api", "proxy-runtime", "proxy-filters", "proxy-dist", "examples"})
    void commentsNameThingsWithNouns(String module) throws Exception {
        Path root = root();
        List<Path> sources = sources(root.resolve(module));
        assertFalse(sources.isEmpty(), module + " has no sources");
        List<String> problems = new ArrayList<>();
        for (Path source : sources) {
            boolean main = source.toString().contains("/src/main/");
            JavaComments.problems(Files.readString(source), main)
                    .forEach(problem -> problems.add(root.relativize(source) + ":" + problem));
        }
        assertEquals("", String.join("\n", problems));
    }

    @ParameterizedTest
    @ValueSource(strings = {"What", "Who", "Where", "How", "Which", "So", "Why", "When"})
    void aTypeWhoseCommentBeginsWithAQuestionWordIsFound(String word) {
        assertEquals(List.of("3: the comment of Bad begins with '" + word + "', not with a noun"),
                JavaComments.problems("""
                        package a;

                        /** %s it is. */
                        @Deprecated(since = "now") @java.lang.SuppressWarnings({"a", "b"})
                        public final class Bad {}
                        """.formatted(word), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"enum Bad", "private interface Bad", "non-sealed class Bad", "record Bad(int a)",
        "record Bad<T>(T a)", "@interface Bad", "abstract static class Bad<T>"})
    void everyKindOfNestedTypeIsSeen(String declaration) {
        assertEquals(List.of("3: the comment of Bad begins with 'What', not with a noun"), JavaComments.problems("""
                /** A thing. */
                class Outer {
                    /**
                     * What it is.
                     */
                    // and a note
                    %s {}
                }
                """.formatted(declaration), true));
    }

    @Test
    void otherCommentsAndTextsAreLeftAlone() {
        assertEquals(List.of(), JavaComments.problems("""
                package a.record;

                /** Whatever has a noun: When or Who may come later. */
                class Outer {
                    /** How many there are. */
                    int count;
                    /** Where it is. */
                    Place record(int a) { return null; }
                    String text = "/** What */ class Bad {} // in vain \\" whoever";
                    String block = \"""
                        /** What it is. */
                        class Bad {} // in vain
                        \""";
                    char quote = '"';
                    /** A second type; are there any more bytes? */
                    enum Good { A }
                }
                """, true));
    }

    @Test
    void aTypeWithoutACommentIsFound() {
        String source = """
                package a;

                import b.C;

                // a note is none
                @Deprecated
                final class Bad {
                    class Inner {}
                }

                /** A good one. */
                record Good() {}
                record Worse() {}
                """;
        assertEquals(List.of("6: Bad has no comment", "13: Worse has no comment"),
                JavaComments.problems(source, true));
        assertEquals(List.of(), JavaComments.problems(source, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"// It waits in vain for it.", "/** Whoever it is. */", "/* for\n * want of memory */",
        "// somebody", "/** Not any more. */"})
    void aDeniedPhraseIsFound(String comment) {
        assertEquals(1, JavaComments.problems("/** A thing. */ class A { " + comment + "\n int a; }", true).size());
    }
}
