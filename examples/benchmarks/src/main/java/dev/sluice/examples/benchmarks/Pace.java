package dev.sluice.examples.benchmarks;

import java.util.Locale;

/**
 * Rounds of a section, and the length of its turns.
 *
 * @param rounds in each of which every peer has a turn, so that a change of the machine's mood meets all of them
 * @param turnMillis of one turn
 * @param warmMillis for which each peer works at least before anything counts, see {@link WarmUp}
 */
record Pace(int rounds, long turnMillis, long warmMillis) {
    /** For which a turn goes on before it is measured. */
    long settleMillis() {
        return turnMillis / 4;
    }

    /** For the head of a section. */
    String describe() {
        return String.format(Locale.ROOT,
                "Medians of %d rounds of %.1f s; the peers take turns, in every other round in the opposite order.",
                rounds, turnMillis / 1e3);
    }
}
