package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The latencies of all peers under one load, over all rounds: percentile curves. */
final class Latencies {
    private static final int TICKS_PER_HALF_DISTANCE = 5;
    private static final double MICROS = 1000;

    private final Map<String, Histogram> byPeer = new LinkedHashMap<>();

    /** @param nanos of one turn */
    void add(String peer, Histogram nanos) {
        byPeer.computeIfAbsent(peer, name -> new Histogram(3)).add(nanos);
    }

    /** The percentile in microseconds. */
    static double micros(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / MICROS;
    }

    /** The curves, in microseconds over 1 / (1 - fraction). */
    Map<String, List<Plot.Point>> curves() {
        Map<String, List<Plot.Point>> curves = new LinkedHashMap<>();
        byPeer.forEach((peer, histogram) -> {
            List<Plot.Point> points = new ArrayList<>();
            for (HistogramIterationValue at : histogram.percentiles(TICKS_PER_HALF_DISTANCE)) {
                double left = 1 - at.getPercentileLevelIteratedTo() / 100;
                if (left > 0) {
                    points.add(new Plot.Point(1 / left, at.getValueIteratedTo() / MICROS));
                }
            }
            curves.put(peer, points);
        });
        return curves;
    }

    /** Writes each in the format of HdrHistogram, which its plotter reads, as {@code NAME-PEER.hgrm}. */
    void write(Path directory, String name) throws IOException {
        for (Map.Entry<String, Histogram> each : byPeer.entrySet()) {
            Path file = directory.resolve(name + "-" + each.getKey() + ".hgrm");
            try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
                each.getValue().outputPercentileDistribution(out, TICKS_PER_HALF_DISTANCE, MICROS);
            }
        }
    }
}
