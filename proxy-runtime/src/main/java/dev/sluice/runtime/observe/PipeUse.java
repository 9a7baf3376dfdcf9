package dev.sluice.runtime.observe;

import dev.sluice.runtime.memory.PipeFigures;
import dev.sluice.runtime.memory.PipePool;

/**
 * The pipes of the kernel through which bytes pass that need not be seen, of one loop or of several together.
 *
 * @param open pipes that exist, lent or not
 * @param borrowed pipes lent to connections now
 * @param borrowedPeak most pipes ever lent at once; the loops' peaks added up
 * @param movedBytes bytes that have passed since the start
 * @param reserved bytes that the open ones may hold
 * @param reservedPeak the most that {@code reserved} ever was
 */
public record PipeUse(long open, long borrowed, long borrowedPeak, long movedBytes, long reserved, long reservedPeak) {
    private static final PipeUse NOTHING = new PipeUse(0, 0, 0, 0, 0, 0);

    /** The pipes of one loop. */
    public static PipeUse of(PipeFigures figures) {
        // A pipe is opened when none is free: the most that were open is the most that were lent.
        return new PipeUse(figures.open(), figures.borrowed(), figures.borrowedPeak(), figures.bytes(),
                figures.open() * PipePool.PIPE_BYTES, figures.borrowedPeak() * PipePool.PIPE_BYTES);
    }

    /** The loops together. */
    public static PipeUse sum(Iterable<LoopView> loops) {
        PipeUse sum = NOTHING;
        for (LoopView loop : loops) {
            PipeUse part = loop.pipes();
            sum = new PipeUse(sum.open + part.open, sum.borrowed + part.borrowed, sum.borrowedPeak + part.borrowedPeak,
                    sum.movedBytes + part.movedBytes, sum.reserved + part.reserved,
                    sum.reservedPeak + part.reservedPeak);
        }
        return sum;
    }
}
