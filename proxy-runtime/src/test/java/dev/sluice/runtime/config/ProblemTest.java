package dev.sluice.runtime.config;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ProblemTest {
    @Test
    void rendersAllItsParts() {
        Problem problem = new Problem("a.yaml", 3, 7, "listeners[0].timeouts.idle",
                "'5x' is not a duration",
                "a duration", "5s", "idle: 5x\n      ^");
        assertEquals("""
                a.yaml:3:7 listeners[0].timeouts.idle: '5x' is not a duration; allowed: a duration; did you mean '5s'?
                    idle: 5x
                          ^""", problem.render());
    }

    @Test
    void leavesOutWhatItDoesNotKnow() {
        assertEquals("a.yaml: cannot read the file",
                new Problem("a.yaml", 0, 0, "", "cannot read the file", null, null, null).render());
        assertEquals("a.yaml:1:1: empty", new Problem("a.yaml", 1, 1, "", "empty", null, null, null).render());
    }

    @Test
    void theNameOfAFileCannotForgeALine() {
        assertEquals("a\uFFFDb.yaml: x", new Problem("a\nb.yaml", 0, 0, "", "x", null, null, null).render());
    }
}
