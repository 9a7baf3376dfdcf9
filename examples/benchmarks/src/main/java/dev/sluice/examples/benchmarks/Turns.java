package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The figures of one section: those of each peer in each of its turns, under each load. One thread. */
final class Turns {
    private final List<String> metrics;
    private final List<Turn> turns = new ArrayList<>();

    /** @param metrics names of the figures of a turn, with their units, as they stand in the first line of the file */
    Turns(String... metrics) {
        this.metrics = List.of(metrics);
    }

    /** One turn of one peer. */
    private record Turn(String load, String peer, int round, List<Double> figures) {}

    /**
     * Adds a turn.
     *
     * @param figures one for each metric; NaN if the peer has no such figure
     */
    void add(String load, String peer, int round, double... figures) {
        if (figures.length != metrics.size()) {
            throw new IllegalArgumentException(figures.length + " figures for " + metrics);
        }
        turns.add(new Turn(load, peer, round, Arrays.stream(figures).boxed().toList()));
    }

    /** Peers that had a turn under this load, in the order of their first. */
    List<String> peers(String load) {
        return turns.stream().filter(turn -> turn.load.equals(load)).map(Turn::peer).distinct().toList();
    }

    /** Loads, in the order of their first turn. */
    List<String> loads() {
        return turns.stream().map(Turn::load).distinct().toList();
    }

    /** The median over the rounds; of two in the middle the mean. NaN if there is none. */
    double median(String load, String peer, String metric) {
        int index = index(metric);
        return median(turns.stream().filter(turn -> turn.load.equals(load) && turn.peer.equals(peer))
                .mapToDouble(turn -> turn.figures.get(index)).toArray());
    }

    private int index(String metric) {
        int index = metrics.indexOf(metric);
        if (index < 0) {
            throw new IllegalArgumentException("no " + metric + " among " + metrics);
        }
        return index;
    }

    /** How many times the figure of the other peer a peer had in each round, in the order of the rounds; NaN where one is missing. */
    double[] ratios(String load, String peer, String other, String metric) {
        int index = index(metric);
        return turns.stream().filter(turn -> turn.load.equals(load) && turn.peer.equals(peer))
                .mapToDouble(turn -> turn.figures.get(index) / turns.stream()
                        .filter(to -> to.load.equals(load) && to.peer.equals(other) && to.round == turn.round)
                        .mapToDouble(to -> to.figures.get(index)).findFirst().orElse(Double.NaN))
                .toArray();
    }

    /** In every other round in the opposite order, so that nobody is always the first, or always behind the same. */
    static <T> List<T> order(List<T> all, int round) {
        return round % 2 == 0 ? all.reversed() : all;
    }

    static double median(double[] values) {
        double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Writes every turn, so that others can reckon with them: comma-separated, a figure that there is not is empty. */
    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("load,peer,round," + String.join(",", metrics));
        for (Turn turn : turns) {
            StringBuilder line = new StringBuilder(turn.load + "," + turn.peer + "," + turn.round);
            for (double figure : turn.figures) {
                line.append(',').append(Double.isNaN(figure) ? "" : String.format(Locale.ROOT, "%.3f", figure));
            }
            lines.add(line.toString());
        }
        Files.write(file, lines);
    }
}
