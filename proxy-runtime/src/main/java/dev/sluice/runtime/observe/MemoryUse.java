package dev.sluice.runtime.observe;

import dev.sluice.runtime.memory.MemoryFigures;

/**
 * The memory that moves bytes, of one loop or of several together.
 *
 * @param buffersBorrowed buffers lent to connections now
 * @param buffersBorrowedPeak most buffers ever lent at once
 * @param borrowedBytes the size of the buffers lent now
 * @param bufferWaits how often a direction had to wait for a buffer since the start
 * @param waitingNow directions that wait for a buffer now
 * @param stashBytes bytes kept for slow receivers now
 * @param stashBytesPeak most bytes ever kept at once
 * @param poolReserved bytes held from the operating system for buffers, lent or not
 * @param poolReservedPeak the most that {@code poolReserved} ever was
 * @param stashReserved bytes held from the operating system for what is kept for slow receivers, used or not
 * @param stashReservedPeak the most that {@code stashReserved} ever was
 */
public record MemoryUse(
        long buffersBorrowed,
        long buffersBorrowedPeak,
        long borrowedBytes,
        long bufferWaits,
        long waitingNow,
        long stashBytes,
        long stashBytesPeak,
        long poolReserved,
        long poolReservedPeak,
        long stashReserved,
        long stashReservedPeak) {

    /** The memory of one loop, whose buffers have this size. */
    public static MemoryUse of(MemoryFigures figures, int readBuffer) {
        return new MemoryUse(figures.borrowed(), figures.borrowedPeak(), figures.borrowed() * readBuffer,
                figures.waits(), figures.waiting(), figures.stashBytes(), figures.stashBytesPeak(),
                figures.poolAllocated(), figures.poolAllocatedPeak(), figures.stashAllocated(),
                figures.stashAllocatedPeak());
    }

    private static final MemoryUse NOTHING = new MemoryUse(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * The loops together. Peaks of different loops need not have fallen into the same moment, so the sum of the peaks is an upper bound of
     * the peak of the process.
     */
    public static MemoryUse sum(Iterable<LoopView> loops) {
        MemoryUse sum = NOTHING;
        for (LoopView loop : loops) {
            MemoryUse part = loop.memory();
            sum = new MemoryUse(
                    sum.buffersBorrowed + part.buffersBorrowed,
                    sum.buffersBorrowedPeak + part.buffersBorrowedPeak,
                    sum.borrowedBytes + part.borrowedBytes,
                    sum.bufferWaits + part.bufferWaits,
                    sum.waitingNow + part.waitingNow,
                    sum.stashBytes + part.stashBytes,
                    sum.stashBytesPeak + part.stashBytesPeak,
                    sum.poolReserved + part.poolReserved,
                    sum.poolReservedPeak + part.poolReservedPeak,
                    sum.stashReserved + part.stashReserved,
                    sum.stashReservedPeak + part.stashReservedPeak);
        }
        return sum;
    }
}
