package dev.sluice.examples.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * The two pictures of the README. They have no background, and a grey for text and lines that is readable on white and on black, because a
 * picture cannot adapt to the theme of the page around it.
 */
final class Pictures {
    private static final String GREY = "#7a7a7a";
    /** Sluice, and the others in the order of the key, which is that of the bars. */
    private static final List<String> COLOURS = List.of("#2f81f7", "#d29922", "#3fb950", "#a371f7");
    /** No bar ends lower on a logarithmic axis. */
    private static final double LEAST = 10;

    private Pictures() {}

    private static String head(String name, String title) {
        return """
                set terminal svg size 640,300 fixed font 'sans-serif,13' name '%1$s'
                set output '%1$s.svg'
                set title "%2$s" textcolor rgb '%3$s'
                set border 3 linecolor rgb '%3$s'
                set tics nomirror scale 0 textcolor rgb '%3$s'
                set grid ytics linecolor rgb '%3$s' linewidth 0.3
                set style fill solid 1 noborder
                set datafile missing '?'
                """.formatted(name, title, GREY);
    }

    /** Bytes of each proxy, on a logarithmic axis. */
    static Plot memory(Map<String, Double> bytes) {
        StringBuilder script = new StringBuilder(head("memory", "Memory of an idle connection, bytes (logarithmic)"));
        script.append("set logscale y\nset yrange [").append((int) LEAST).append(":200000]\n")
                .append("set boxwidth 0.6\nset bmargin 3.5\nset xtics font ',11'\nset format y '%.0s%c'\nunset key\nset xrange [-0.5:")
                .append(bytes.size() - 0.5).append("]\n$figures << EOD\n");
        int index = 0;
        for (Map.Entry<String, Double> each : bytes.entrySet()) {
            script.append(index).append(" \"").append(each.getKey().replace(", ", "\\n")).append("\" ")
                    .append(figure(Math.max(LEAST, each.getValue()))).append(" \"")
                    .append(String.format(Locale.ROOT, "%,.0f", each.getValue())).append("\"\n");
            index++;
        }
        script.append("EOD\nplot $figures every ::0::0 using 1:3:xtic(2) with boxes linecolor rgb '")
                .append(COLOURS.getFirst())
                .append("', \\\n  $figures every ::1 using 1:3:xtic(2) with boxes linecolor rgb '")
                .append(GREY).append("', \\\n  $figures using 1:3:4 with labels offset 0,0.7 textcolor rgb '")
                .append(GREY)
                .append("'\n");
        return new Plot("memory", script.toString());
    }

    /** Microseconds of each proxy, side by side for each load. */
    static Plot cpu(List<String> loads, List<String> proxies, ToDoubleBiFunction<String, String> micros) {
        StringBuilder script = new StringBuilder(
                head("cpu", "CPU of a request, µs (size of the message x connections)"));
        double width = 1.0 / (proxies.size() + 1);
        script.append("set yrange [0:*]\nset boxwidth ").append(figure(width * 0.9)).append('\n')
                .append("set key outside right textcolor rgb '").append(GREY).append("'\nset xtics (");
        for (int i = 0; i < loads.size(); i++) {
            script.append(i == 0 ? "" : ", ").append('"').append(loads.get(i)).append("\" ").append(i);
        }
        script.append(")\n");
        StringBuilder plot = new StringBuilder("plot ");
        for (int i = 0; i < proxies.size(); i++) {
            script.append("$proxy").append(i).append(" << EOD\n");
            for (int j = 0; j < loads.size(); j++) {
                double at = j + (i - (proxies.size() - 1) / 2.0) * width;
                double value = micros.applyAsDouble(loads.get(j), proxies.get(i));
                script.append(figure(at)).append(' ').append(figure(value)).append(" \"")
                        .append(Table.figure(value, 1)).append("\"\n");
            }
            script.append("EOD\n");
            plot.append(i == 0 ? "" : ", \\\n  ").append("$proxy").append(i)
                    .append(" using 1:2 with boxes linecolor rgb '")
                    .append(COLOURS.get(i % COLOURS.size())).append("' title \"").append(proxies.get(i))
                    .append("\", \\\n  $proxy")
                    .append(i).append(" using 1:2:3 with labels offset 0,0.6 font ',10' textcolor rgb '").append(GREY)
                    .append("' notitle");
        }
        return new Plot("cpu", script.append(plot).append('\n').toString());
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, "%.6g", value);
    }
}
