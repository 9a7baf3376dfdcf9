package dev.sluice.examples.benchmarks;

import java.util.Locale;

/**
 * The duration of a section.
 *
 * @param rounds in each of which every peer has a turn, so that a change of the machine's mood meets all of them
 * @param turnMillis of one turn
 * @param warmMillis for which each peer works before anything counts: what is compiled at run time should be
 */
record Pace(int rounds, long turnMillis, long warmMillis) {
    /** The time for which a turn goes on before it is measured. */
    long settleMillis() {
        return turnMillis / 4;
    }

    /** For the head of a section. */
    String describe() {
        return String.format(Locale.ROOT, "Medians of %d rounds of %.1f s; the peers take turns.", rounds,
                turnMillis / 1e3);
    }
}
