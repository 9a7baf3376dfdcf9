package dev.sluice.examples.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The current build beside the baseline. */
class ComparisonTest {
    private static final Comparison.Figure CPU = new Comparison.Figure("cpu", "CPU ms", 1000, 1);

    private final Turns turns = new Turns("cpu");

    private void turn(int round, double baseline, double current) {
        turns.add("load", Sluice.BASELINE, round, baseline);
        turns.add("load", Sluice.CURRENT, round, current);
    }

    private List<String> lines() {
        Comparison comparison = new Comparison();
        comparison.add("section", turns, List.of(CPU));
        return comparison.table().lines();
    }

    @Test
    void ratioIsTheMedianOfTheRoundsAndNotTheRatioOfTheMedians() {
        // The machine slows down from round to round, and both with it.
        turn(1, 1000, 900);
        turn(2, 2000, 1800);
        turn(3, 4000, 4400);
        assertArrayEquals(new double[]{0.9, 0.9, 1.1}, turns.ratios("load", Sluice.CURRENT, Sluice.BASELINE, "cpu"),
                1e-9);
        assertTrue(lines().getLast().matches(
                "\\| section \\| load \\| CPU ms \\|\\s+2.0 \\| 1.8 \\| 0.900 \\|\\s+0.900 to 1.100 \\|\\s+2 of 3 \\|"),
                () -> lines().toString());
    }

    @Test
    void roundsWithoutAFigureAreLeftOut() {
        turn(1, Double.NaN, 900);
        turn(2, 1000, 500);
        assertTrue(lines().getLast().endsWith("1 of 1 |"), () -> lines().toString());
    }

    @Test
    void withoutABaselineThereIsNothingToCompare() {
        turns.add("load", Sluice.CURRENT, 1, 1000);
        Comparison comparison = new Comparison();
        comparison.add("section", turns, List.of(CPU));
        assertTrue(comparison.isEmpty());
    }

    @Test
    void everyOtherRoundGoesTheOtherWay() {
        assertEquals(List.of("x", "y"), Turns.order(List.of("x", "y"), 1));
        assertEquals(List.of("y", "x"), Turns.order(List.of("x", "y"), 2));
    }
}
