package dev.sluice.runtime.observe;

import dev.sluice.runtime.loop.EventLoop;

/**
 * One event loop.
 *
 * @param index its number, from 0
 * @param connections connections it owns now
 * @param busyRatio the share of the recent past that it worked rather than waited, 0 to 1
 * @param stallSecondsMax the longest single turn since the start, in seconds
 * @param turns turns since the start
 * @param memory its share of the buffer memory
 * @param pipes its pipes
 */
public record LoopView(int index, long connections, double busyRatio, double stallSecondsMax, long turns,
        MemoryUse memory, PipeUse pipes) {
    /** A loop that owns so many connections, with buffers of this size. */
    public static LoopView of(EventLoop loop, int connections, int readBuffer) {
        return new LoopView(loop.index(), connections, loop.stalls().busyRatio(),
                loop.stalls().longestStallNanos() / 1e9, loop.counters().turns(),
                MemoryUse.of(loop.memory().figures(), readBuffer), PipeUse.of(loop.pipes().figures()));
    }
}
