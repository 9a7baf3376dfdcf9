package dev.sluice.runtime.observe;

import dev.sluice.runtime.memory.PipeCounters;
import dev.sluice.runtime.memory.PipePool;

/**
 * The kernel pipes of one loop, or of several together.
 *
 * @param open pipes that exist, lent or not
 * @param borrowed pipes lent to connections now
 * @param borrowedPeak most pipes ever lent at once; the loops' peaks added up
 * @param movedBytes bytes that have passed since the start
 * @param reserved bytes that the open pipes may hold
 * @param reservedPeak the most that {@code reserved} ever was
 */
public record PipeView(long open, long borrowed, long borrowedPeak, long movedBytes, long reserved, long reservedPeak) {
    private static final PipeView NOTHING = new PipeView(0, 0, 0, 0, 0, 0);

    /** The pipes of one loop. */
    public static PipeView of(PipeCounters counters) {
        // A pipe is opened only when none is free: so as many were open at most as were lent at most.
        return new PipeView(counters.open(), counters.borrowed(), counters.borrowedPeak(), counters.bytes(),
                counters.open() * PipePool.PIPE_BYTES, counters.borrowedPeak() * PipePool.PIPE_BYTES);
    }

    /** The pipes of all loops together. */
    public static PipeView sum(Iterable<LoopView> loops) {
        PipeView sum = NOTHING;
        for (LoopView loop : loops) {
            PipeView part = loop.pipes();
            sum = new PipeView(sum.open + part.open, sum.borrowed + part.borrowed, sum.borrowedPeak + part.borrowedPeak,
                    sum.movedBytes + part.movedBytes, sum.reserved + part.reserved,
                    sum.reservedPeak + part.reservedPeak);
        }
        return sum;
    }
}
