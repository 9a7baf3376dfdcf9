package dev.sluice.examples.soak;

import java.util.List;
import java.util.Locale;

/** A figure over time as an SVG. */
final class Picture {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 200;
    private static final int LEFT = 70;
    private static final int RIGHT = 10;
    private static final int TOP = 30;
    private static final int BOTTOM = 30;

    private Picture() {}

    /**
     * Draws a line from zero upwards.
     *
     * @param scale by which values are divided
     */
    static String of(String title, double scale, List<Slope.Point> points) {
        double lastX = Math.max(1, points.isEmpty() ? 1 : points.getLast().seconds());
        double most = Math.max(1, points.stream().mapToDouble(point -> point.value() / scale).max().orElse(1)) * 1.05;
        StringBuilder line = new StringBuilder();
        for (Slope.Point point : points) {
            line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.seconds() / lastX),
                    y(point.value() / scale / most)));
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
                <title>%3$s</title><rect width="%1$d" height="%2$d" fill="white"/>
                <text x="%4$.0f" y="18">%3$s</text>
                <text x="%5$.0f" y="%6$.0f" text-anchor="end">0</text><text x="%5$.0f" y="%7$.0f" text-anchor="end">%8$.4g</text>
                <text x="%9$.0f" y="%10$.0f" text-anchor="end">%11$.0f s</text>
                <path d="M%4$.0f %7$.0f V%6$.0f H%9$.0f" fill="none" stroke="gray"/>
                <polyline points="%12$s" fill="none" stroke="#1f77b4" stroke-width="1.5"/>
                </svg>
                """
                .formatted(WIDTH, HEIGHT, title, x(0), x(0) - 5, y(0), y(1), most, x(1), y(0) + 18, lastX,
                        line.toString().strip());
    }

    private static double x(double share) {
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }
}
