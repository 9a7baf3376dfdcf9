package dev.sluice.runtime.observe;

import dev.sluice.runtime.loop.PipeFigures;

/**
 * The pipes of the kernel through which bytes pass that need not be seen, of one loop or of several together.
 *
 * @param open pipes that exist, lent or not
 * @param borrowed pipes lent to connections now
 * @param borrowedPeak most pipes ever lent at once; the loops' peaks added up
 * @param movedBytes bytes that have passed since the start
 */
public record PipeUse(long open, long borrowed, long borrowedPeak, long movedBytes) {
    private static final PipeUse NOTHING = new PipeUse(0, 0, 0, 0);

    /** The pipes of one loop. */
    public static PipeUse of(PipeFigures figures) {
        return new PipeUse(figures.open(), figures.borrowed(), figures.borrowedPeak(), figures.bytes());
    }

    /** The loops together. */
    public static PipeUse sum(Iterable<LoopView> loops) {
        PipeUse sum = NOTHING;
        for (LoopView loop : loops) {
            PipeUse part = loop.pipes();
            sum = new PipeUse(sum.open + part.open, sum.borrowed + part.borrowed, sum.borrowedPeak + part.borrowedPeak,
                    sum.movedBytes + part.movedBytes);
        }
        return sum;
    }
}
