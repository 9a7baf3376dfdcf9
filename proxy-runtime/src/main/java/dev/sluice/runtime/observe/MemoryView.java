package dev.sluice.runtime.observe;

import dev.sluice.runtime.memory.MemoryCounters;

/**
 * The buffer memory of one loop, or of several together.
 *
 * @param buffersBorrowed buffers lent to connections now
 * @param buffersBorrowedPeak most buffers ever lent at once
 * @param borrowedBytes the size of the buffers lent now
 * @param bufferWaits waits of a direction for a buffer since the start
 * @param waitingNow directions that wait for a buffer now
 * @param stashBytes bytes kept for slow receivers now
 * @param stashBytesPeak most bytes ever kept at once
 * @param poolReserved bytes held from the operating system for buffers, lent or not
 * @param poolReservedPeak the most that {@code poolReserved} ever was
 * @param stashReserved bytes held from the operating system for the stash, used or not
 * @param stashReservedPeak the most that {@code stashReserved} ever was
 */
public record MemoryView(
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

    /**
     * The memory of one loop.
     * @param readBuffer size of its read buffers, in bytes
     */
    public static MemoryView of(MemoryCounters counters, int readBuffer) {
        return new MemoryView(counters.borrowed(), counters.borrowedPeak(), counters.borrowed() * readBuffer,
                counters.waits(), counters.waiting(), counters.stashBytes(), counters.stashBytesPeak(),
                counters.poolAllocated(), counters.poolAllocatedPeak(), counters.stashAllocated(),
                counters.stashAllocatedPeak());
    }

    private static final MemoryView NOTHING = new MemoryView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * The memory of all loops together. Peaks of different loops may have been at different times, so the sum of the
     * peaks is an upper bound of the peak of the process.
     */
    public static MemoryView sum(Iterable<LoopView> loops) {
        MemoryView sum = NOTHING;
        for (LoopView loop : loops) {
            MemoryView part = loop.memory();
            sum = new MemoryView(
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
