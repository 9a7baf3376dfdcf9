package dev.sluice.examples.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Figures of the current build beside those of the baseline, which had its turn next to it in every round. */
final class Comparison {
    private static final String[] TITLES = {"section", "load", "figure", "baseline", "now", "ratio",
        "ratios of the rounds", "rounds that agree"};

    private final List<String[]> rows = new ArrayList<>();

    /**
     * A figure of a section.
     *
     * @param metric its name in {@link Turns}
     * @param title its name in the report, with its unit
     * @param scale so many of the metric's units are one of the title's
     * @param digits behind the point
     */
    record Figure(String metric, String title, double scale, int digits) {
        Figure(String metric, String title, int digits) {
            this(metric, title, 1, digits);
        }
    }

    /** Adds every load under which both builds had turns. */
    void add(String section, Turns turns, List<Figure> figures) {
        for (String load : turns.loads()) {
            if (turns.peers(load).containsAll(List.of(Sluice.BASELINE, Sluice.CURRENT))) {
                figures.forEach(figure -> add(section, turns, load, figure));
            }
        }
    }

    private void add(String section, Turns turns, String load, Figure figure) {
        double[] ratios = Arrays.stream(turns.ratios(load, Sluice.CURRENT, Sluice.BASELINE, figure.metric))
                .filter(Double::isFinite).sorted().toArray();
        if (ratios.length == 0) {
            return;
        }
        double median = Turns.median(ratios);
        long agree = Arrays.stream(ratios).filter(ratio -> Math.signum(ratio - 1) == Math.signum(median - 1)).count();
        rows.add(new String[]{section, load, figure.title,
            Table.figure(turns.median(load, Sluice.BASELINE, figure.metric) / figure.scale, figure.digits),
            Table.figure(turns.median(load, Sluice.CURRENT, figure.metric) / figure.scale, figure.digits),
            Table.figure(median, 3), Table.figure(ratios[0], 3) + " to " + Table.figure(ratios[ratios.length - 1], 3),
            agree + " of " + ratios.length});
    }

    /** Whether there was nothing to compare. */
    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** A row for each figure under each load. */
    Table table() {
        Table table = new Table(TITLES);
        rows.forEach(table::row);
        return table;
    }
}
