package dev.sluice.examples.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that was not as it has to be, with the moment; and how connections ended. */
final class Findings {
    /** A run that goes wrong as a whole need not fill the disk. */
    private static final int KEPT = 200;

    private final long startNanos = System.nanoTime();
    private final List<String> kept = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Long> ends = new TreeMap<>();
    private final Map<String, Long> explained = new TreeMap<>();

    /** Sorts of findings; each has the bar 0. */
    enum Sort {
        WRONG_STREAM("wrong streams"),
        UNEXPLAINED_CLOSE("unexplained closes"),
        REFUSED("things that the daemon refused or did not do"),
        LEFT_BEHIND("things left behind"),
        BAR("bars missed");

        private final String label;

        Sort(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** Notes a finding. */
    synchronized void add(Sort sort, String what) {
        counts.merge(sort.label(), 1, Integer::sum);
        if (kept.size() < KEPT) {
            kept.add(moment() + " " + sort.label() + ": " + what);
            System.err.println(kept.getLast());
        }
    }

    /** An end that was planned. */
    synchronized void planned(String reason) {
        ends.merge(reason, 1L, Long::sum);
    }

    /** An end that was not planned, but follows from something else that was. */
    synchronized void explained(String why) {
        explained.merge(why, 1L, Long::sum);
    }

    /** Time since the start, as it stands in findings. */
    String moment() {
        Duration since = Duration.ofNanos(System.nanoTime() - startNanos);
        return "%d:%02d.%03d".formatted(since.toMinutes(), since.toSecondsPart(), since.toMillisPart());
    }

    synchronized List<String> list() {
        return List.copyOf(kept);
    }

    synchronized int count(Sort sort) {
        return counts.getOrDefault(sort.label(), 0);
    }

    synchronized int count() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized Map<String, Long> ends() {
        return new TreeMap<>(ends);
    }

    synchronized Map<String, Long> explained() {
        return new TreeMap<>(explained);
    }
}
