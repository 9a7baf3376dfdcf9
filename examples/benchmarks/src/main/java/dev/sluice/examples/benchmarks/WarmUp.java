package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Work that every peer does before anything counts: for a time that is the same for all, and longer while other threads than its busiest
 * one use CPU. A virtual machine compiles with those, and would otherwise pay for it in the turns that are measured.
 */
final class WarmUp {
    /** Percent of the CPU time of a peer; with less in its other threads it is warm. */
    private static final double QUIET = 2;
    /** So many times the least time, and no peer works longer, warm or not. */
    private static final int LONGEST = 3;
    private static final int STEPS = 4;

    private final Pace pace;
    private final List<String> results = new ArrayList<>();

    WarmUp(Pace pace) {
        this.pace = pace;
    }

    /** Load for a peer. */
    @FunctionalInterface
    interface Work {
        void run(long millis) throws IOException;
    }

    /** Lets a peer work until it is warm. */
    void warm(Peer peer, Work work) throws IOException {
        long step = Math.max(1, pace.warmMillis() / STEPS);
        double aside = 100;
        int steps = 0;
        while (steps < STEPS || (steps < STEPS * LONGEST && !(aside < QUIET))) {
            Cpu before = peer.cpu();
            work.run(step);
            Cpu after = peer.cpu();
            aside = 100.0 * after.ranAsideSince(before) / after.ranSince(before);
            steps++;
        }
        results.add(String.format(Locale.ROOT, "%s %.1f s (%.0f %%)", peer.name(), steps * step / 1e3, aside));
    }

    /** A sentence for the report. */
    String describe() {
        return "Warm-up of each peer, at least " + String.format(Locale.ROOT, "%.1f", pace.warmMillis() / 1e3)
                + " s, and up to " + LONGEST + " times as long until its threads beside the busiest one take less than "
                + String.format(Locale.ROOT, "%.0f", QUIET)
                + " % of its CPU time (in brackets: what they took at the end): "
                + String.join(", ", results) + ".";
    }
}
