package dev.sluice.examples.soak;

import java.util.List;

/**
 * A straight line through samples by least squares.
 *
 * @param perHour its slope
 * @param noise the standard error of the slope, per hour; samples that follow each other are alike, so the real one is larger
 * @param samples how many there were
 */
record Slope(double perHour, double noise, int samples) {
    private static final double HOUR = 3600;

    /** A point. */
    record Point(double seconds, double value) {}

    static Slope of(List<Point> points) {
        int n = points.size();
        if (n < 3) {
            return new Slope(Double.NaN, Double.NaN, n);
        }
        double meanX = points.stream().mapToDouble(Point::seconds).average().orElseThrow();
        double meanY = points.stream().mapToDouble(Point::value).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (Point point : points) {
            xx += (point.seconds - meanX) * (point.seconds - meanX);
            xy += (point.seconds - meanX) * (point.value - meanY);
        }
        double slope = xy / xx;
        double rest = 0;
        for (Point point : points) {
            double off = point.value - meanY - slope * (point.seconds - meanX);
            rest += off * off;
        }
        return new Slope(slope * HOUR, Math.sqrt(rest / (n - 2) / xx) * HOUR, n);
    }
}
