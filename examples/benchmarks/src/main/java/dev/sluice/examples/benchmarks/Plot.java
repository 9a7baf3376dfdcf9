package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * A plot that gnuplot draws. Its script, which has the figures in it, is left beside the picture, for readers who want to change it and draw
 * again: {@code gnuplot NAME.gp}.
 */
final class Plot {
    private final String name;
    private final String script;

    /** A plot with a script of its own. */
    Plot(String name, String script) {
        this.name = name;
        this.script = script;
    }

    /** A point of a line. */
    record Point(double x, double y) {}

    private static String head(String name, String title) {
        return """
                set terminal svg size 900,480 dynamic background rgb 'white' font 'sans-serif,13'
                set output '%s.svg'
                set title "%s"
                set grid ytics
                set datafile missing '?'
                """.formatted(name, title);
    }

    /**
     * Bars, side by side in groups.
     *
     * @param name of the file
     * @param groups one for each load
     * @param series one bar in each group for each peer
     * @param height of the bar of a group and a series; NaN = none
     */
    static Plot bars(String name, String title, String unit, List<String> groups, List<String> series,
            ToDoubleBiFunction<String, String> height) {
        StringBuilder script = new StringBuilder(head(name, title));
        script.append("set ylabel \"").append(unit).append("\"\nset yrange [0:*]\nset style data histogram\n")
                .append("set style histogram clustered gap 1\nset style fill solid 0.8 border -1\nset key outside right\n$figures << EOD\n");
        script.append("-");
        series.forEach(each -> script.append(" \"").append(each).append('"'));
        script.append('\n');
        for (String group : groups) {
            script.append('"').append(group).append('"');
            for (String each : series) {
                script.append(' ').append(figure(height.applyAsDouble(group, each)));
            }
            script.append('\n');
        }
        script.append("EOD\nplot for [i=2:").append(series.size() + 1)
                .append("] $figures using i:xtic(1) title columnheader(i)\n");
        return new Plot(name, script.toString());
    }

    /** Lines, one for each entry of the map. */
    static Plot lines(String name, String title, String xUnit, String yUnit, Map<String, List<Point>> series) {
        StringBuilder script = new StringBuilder(head(name, title));
        script.append("set xlabel \"").append(xUnit).append("\"\nset ylabel \"").append(yUnit)
                .append("\"\nset xrange [0:*]\nset yrange [0:*]\nset key outside right\n");
        data(script, series);
        plot(script, series.keySet(), "linespoints");
        return new Plot(name, script.toString());
    }

    /**
     * Percentile curves, as HdrHistogram draws them: the axis gives each further nine the same room.
     *
     * @param series for each name, x = 1 / (1 - fraction), y = the value there
     */
    static Plot percentiles(String name, String title, String unit, Map<String, List<Point>> series) {
        StringBuilder script = new StringBuilder(head(name, title));
        script.append("set xlabel \"percentile\"\nset ylabel \"").append(unit)
                .append("\"\nset logscale x\nset logscale y\nset xrange [1:100000]\nset key left top\n")
                .append("set xtics (\"0 %%\" 1, \"90 %%\" 10, \"99 %%\" 100, \"99.9 %%\" 1000, \"99.99 %%\" 10000, \"99.999 %%\" 100000)\n");
        data(script, series);
        plot(script, series.keySet(), "lines linewidth 2");
        return new Plot(name, script.toString());
    }

    private static void data(StringBuilder script, Map<String, List<Point>> series) {
        int index = 0;
        for (List<Point> points : series.values()) {
            script.append("$line").append(index++).append(" << EOD\n");
            points.forEach(point -> script.append(figure(point.x)).append(' ').append(figure(point.y)).append('\n'));
            script.append("EOD\n");
        }
    }

    private static void plot(StringBuilder script, Iterable<String> names, String style) {
        List<String> lines = new ArrayList<>();
        for (String each : names) {
            lines.add("$line" + lines.size() + " using 1:2 with " + style + " title \"" + each + '"');
        }
        script.append("plot ").append(String.join(", \\\n  ", lines)).append('\n');
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%.6g", value);
    }

    String name() {
        return name;
    }

    /** Commands for gnuplot. */
    String script() {
        return script;
    }

    /**
     * Draws the picture into a directory.
     *
     * @param caption lines for the lower edge; none = no room for them
     */
    void draw(Path directory, List<String> caption) throws IOException {
        StringBuilder captioned = new StringBuilder(caption.isEmpty() ? "" : "set bmargin at screen 0.2\n");
        for (int i = 0; i < caption.size(); i++) {
            captioned.append("set label ").append(i + 1).append(" \"").append(caption.get(i).replace("\"", "\\\""))
                    .append("\" at screen 0.01, screen ").append(0.05 - 0.03 * i)
                    .append(" noenhanced font 'sans-serif,9'\n");
        }
        Path file = Files.writeString(directory.resolve(name + ".gp"), captioned + script);
        Path said = directory.resolve(name + ".gnuplot.log");
        int code = new ProcessBuilder("gnuplot", file.getFileName().toString()).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(said.toFile()).start().onExit().join().exitValue();
        if (code != 0) {
            throw new IOException("gnuplot failed with " + code + " on " + file + ": " + Files.readString(said));
        }
        Files.delete(said);
    }
}
