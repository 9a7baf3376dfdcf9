package dev.sluice.runtime.engine;

import java.time.Duration;

import dev.sluice.runtime.relay.Worker;

/** A check of whether the event loops of a server come back from what they do. Any thread but a loop's own. */
public final class LoopCheck {
    private final EventLoops loops;

    LoopCheck(EventLoops loops) {
        this.loops = loops;
    }

    /**
     * Sends a task to every loop, which wakes those that sleep, and waits until all of them have run it.
     *
     * @param patience for all of them together
     * @return false if one did not answer in time, which is in the log, or if they have ended
     */
    public boolean allAnswer(Duration patience) {
        return loops.queryAll(loops.workers(), Worker::loop, worker -> true, patience).size() == loops.workers().size();
    }
}
