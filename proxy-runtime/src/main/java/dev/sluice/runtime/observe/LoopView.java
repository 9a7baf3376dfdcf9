package dev.sluice.runtime.observe;

import dev.sluice.runtime.loop.EventLoop;

/**
 * An event loop, as metrics and admin show it.
 *
 * @param index its number, from 0
 * @param connections connections it owns now
 * @param busyRatio the share of about the last ten seconds in which it did not wait for sockets, 0 to 1
 * @param stallSecondsMax the longest callback since the start, of those above 0.1 s, in seconds
 * @param turnSecondsMax the longest turn of the last one to two minutes, in seconds
 * @param turns turns since the start
 * @param memory its share of the buffer memory
 * @param pipes its pipes
 */
public record LoopView(int index, long connections, double busyRatio, double stallSecondsMax, double turnSecondsMax,
        long turns,
        MemoryView memory, PipeView pipes) {
    /**
     * The view of a loop.
     * @param connections that it owns
     * @param readBuffer size of its read buffers, in bytes
     */
    public static LoopView of(EventLoop loop, int connections, int readBuffer) {
        return new LoopView(loop.index(), connections, loop.stalls().busyRatio(),
                loop.stalls().longestStallNanos() / 1e9, loop.counters().turnTimes().longestNanos() / 1e9,
                loop.counters().turns(),
                MemoryView.of(loop.memory().counters(), readBuffer), PipeView.of(loop.pipes().counters()));
    }
}
