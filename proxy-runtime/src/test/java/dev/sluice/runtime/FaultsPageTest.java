package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page of faults and promises: each has a test that exists, or a sentence in its place. */
class FaultsPageTest {
    private static final int LAST = 58;
    /** Of the first list, which left them out. */
    private static final Set<Integer> NEVER_GIVEN = Set.of(14, 20, 25, 34, 40, 55, 57);
    private static final List<String> MODULES = List.of("proxy-api", "proxy-runtime", "proxy-filters", "proxy-dist");

    private final Page page = Page.read(Path.of("internals/faults.md"));

    private static Set<String> column(Page.Table table, int column) {
        return table.rows().stream().map(row -> row.get(column)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> faults() {
        return IntStream.rangeClosed(1, LAST).filter(row -> !NEVER_GIVEN.contains(row)).mapToObj(Integer::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Path source(String type) throws IOException {
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Page.REPOSITORY.resolve(module + "/src/test"))) {
                Path found = files.filter(file -> file.getFileName().toString().equals(type + ".java")).findAny()
                        .orElse(null);
                if (found != null) {
                    return found;
                }
            }
        }
        throw new AssertionError("no test is called " + type);
    }

    private static boolean isTest(String source, String method) {
        return Pattern.compile("@(?:Test|ParameterizedTest)\\b[^;{]*(?:\\{[^;{}]*}[^;{]*)*\\bvoid " + method + "\\(")
                .matcher(source).find();
    }

    @Test
    void eachFaultIsDescribedOnceAndHasATestOrASentence() {
        Page.Table described = page.table("row");
        assertEquals(described.rows().size(), column(described, 0).size(), "a row stands there twice");
        assertEquals(faults(), column(described, 0));
        described.rows().forEach(row -> row.forEach(cell -> assertTrue(!cell.isBlank(), row::toString)));
        assertEquals(faults(), column(page.table("fault"), 0));
        page.table("fault").rows().forEach(FaultsPageTest::assertTestOrSentence);
    }

    private static void assertTestOrSentence(List<String> row) {
        String last = row.getLast();
        assertTrue(last.matches("`\\w+#\\w+`") || last.matches("[A-Z].{20,}\\."), row::toString);
    }

    @Test
    void eachPromiseHasATestThatBearsItsName() {
        Set<String> promises = IntStream.rangeClosed(1, 12).mapToObj(n -> "P" + n)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(promises, column(page.table("promise"), 0));
        List<List<String>> tests = new ArrayList<>(page.table("promise").rows());
        tests.removeIf(row -> row.getLast().equals("see below"));
        tests.addAll(page.table("promise of the daemon").rows());
        assertEquals(promises, tests.stream().map(List::getFirst).collect(Collectors.toCollection(TreeSet::new)));
        for (List<String> row : tests) {
            assertTestOrSentence(row);
            String name = row.getFirst().replace('P', 'p');
            assertTrue(!row.getLast().contains("#") || row.getLast().matches("`Promises\\w+#" + name + "[A-Z]\\w+`"),
                    row::toString);
        }
    }

    @Test
    void eachTestIsThere() throws IOException {
        List<String> missing = new ArrayList<>();
        List<MatchResult> tests = Pattern.compile("`(\\w+)#(\\w+)`").matcher(page.text()).results().toList();
        assertTrue(tests.size() > LAST);
        for (MatchResult test : tests) {
            if (!isTest(Files.readString(source(test.group(1))), test.group(2))) {
                missing.add(test.group());
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void theCommandForTheFullSizeIsThereAndRunsTheTestsThatHaveOne() throws IOException {
        String command = String.join("", page.blocks("sh")).strip();
        String script = Files.readString(Page.REPOSITORY.resolve(command));
        List<String> missing = new ArrayList<>();
        for (String type : Page.found("`(\\w+)#\\w+`", page.text())) {
            if (Files.readString(source(type)).matches("(?s).*(FaultSize\\.|sluice\\.faults).*")
                    && !script.matches("(?s).*\\b" + type + "\\b.*")) {
                missing.add(type);
            }
        }
        assertEquals(List.of(), missing, command + " leaves out");
    }
}
