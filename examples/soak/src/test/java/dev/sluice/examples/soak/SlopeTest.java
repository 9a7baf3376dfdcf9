package dev.sluice.examples.soak;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Lines through samples. */
class SlopeTest {
    @Test
    void aLineHasItsSlopeAndNoNoise() {
        List<Slope.Point> points = IntStream.range(0, 10).mapToObj(i -> new Slope.Point(i * 60.0, 5 + i * 2.0))
                .toList();
        Slope slope = Slope.of(points);
        assertEquals(120, slope.perHour(), 1e-9);
        assertEquals(0, slope.noise(), 1e-9);
    }

    @Test
    void theStandardErrorIsThatOfTheTextbook() {
        // y = 1, 3, 2, 4 at x = 0 to 3: slope 0.8, residuals with the sum of squares 1.8, so sqrt(1.8 / 2 / 5).
        Slope slope = Slope.of(
                List.of(new Slope.Point(0, 1), new Slope.Point(1, 3), new Slope.Point(2, 2), new Slope.Point(3, 4)));
        assertEquals(0.8 * 3600, slope.perHour(), 1e-6);
        assertEquals(Math.sqrt(0.18) * 3600, slope.noise(), 1e-6);
    }

    @Test
    void twoPointsHaveNone() {
        assertTrue(Double.isNaN(Slope.of(List.of(new Slope.Point(0, 1), new Slope.Point(1, 3))).perHour()));
    }
}
