package dev.sluice.runtime.config;

import java.util.List;

import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.SourceText;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ProblemsTest {
    private final SourceText first = new SourceText("first.yaml", 0, "");
    private final SourceText second = new SourceText("second.yaml", 1, "");
    private final Problems problems = new Problems();

    @Test
    void areInTheOrderOfFilesAndLines() {
        problems.add(new Location(second, 1, 1), NodePath.ROOT, "d", null, null);
        problems.add(new Location(first, 9, 1), NodePath.ROOT, "c", null, null);
        problems.add(new Location(first, 2, 9), NodePath.ROOT, "b", null, null);
        problems.add(new Location(first, 2, 1), NodePath.ROOT, "a", null, null);
        assertEquals(List.of("a", "b", "c", "d"), problems.errors().stream().map(Problem::what).toList());
    }

    @Test
    void theSameMistakeIsReportedOnce() {
        problems.add(first.start(), NodePath.ROOT.key("a"), "wrong", null, null);
        problems.add(first.start(), NodePath.ROOT.key("b"), "wrong", null, null);
        assertEquals(1, problems.errors().size());
    }

    @Test
    void areBounded() {
        for (int i = 1; i < 100; i++) {
            problems.add(new Location(first, i, 1), NodePath.ROOT, "wrong", null, null);
        }
        assertFalse(problems.full());
        problems.add(new Location(first, 100, 1), NodePath.ROOT, "wrong", null, null);
        assertTrue(problems.full());
        problems.add(new Location(first, 101, 1), NodePath.ROOT, "wrong", null, null);
        List<Problem> all = problems.errors();
        assertEquals(101, all.size());
        assertEquals("first.yaml: these are the first 100 problems; there may be more", all.getLast().render());
    }

    @Test
    void textFromOutsideCannotForgeALine() {
        problems.add(first.start(), NodePath.ROOT.key("a\nb"), "wrong \u001b[2J", null, "x\ny");
        assertEquals("first.yaml:1:1 a\uFFFDb: wrong \uFFFD[2J; did you mean 'x\uFFFDy'?",
                problems.errors().getFirst().render());
    }
}
