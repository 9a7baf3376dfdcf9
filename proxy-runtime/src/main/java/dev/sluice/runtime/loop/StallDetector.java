package dev.sluice.runtime.loop;

/**
 * Decides from samples of a loop's counters whether the loop is stuck in one callback, and how busy it is. Has no thread and no clock of
 * its own; owned by the watchdog's thread.
 */
final class StallDetector {
    private final LoopCounters loop;
    private final StallCounters findings;
    private long lastHeartbeat;
    private long lastHeartbeatAt;
    private long lastTurns;
    private boolean reported;

    StallDetector(LoopCounters loop, StallCounters findings) {
        this.loop = loop;
        this.findings = findings;
    }

    /**
     * Takes a sample.
     *
     * @param now in nanoseconds of the monotonic clock
     * @return whether the loop is to be reported as stuck: once for each callback
     */
    boolean sample(long now) {
        long heartbeat = loop.heartbeats();
        boolean busy = loop.busy();
        lastTurns = loop.turns();
        findings.sampled(busy, now);
        if (!busy || heartbeat != lastHeartbeat) {
            lastHeartbeat = heartbeat;
            lastHeartbeatAt = now;
            reported = false;
            return false;
        }
        long nanos = now - lastHeartbeatAt;
        if (nanos < Watchdog.THRESHOLD.toNanos()) {
            return false;
        }
        findings.stalledFor(nanos);
        if (reported) {
            return false;
        }
        reported = true;
        findings.stallBegan();
        return true;
    }

    /** How long the loop has been in its callback, as far as samples tell. */
    long nanosSinceHeartbeat(long now) {
        return now - lastHeartbeatAt;
    }

    /** Whether the loop waits for sockets, and has not turned since the last sample. */
    boolean idle() {
        return !loop.busy() && loop.turns() == lastTurns;
    }

    /** Samples go on after a pause in which the loop was idle: what it is in now began at the earliest now. */
    void resume(long now) {
        findings.sampled(false, now);
        lastHeartbeat = loop.heartbeats();
        lastHeartbeatAt = now;
        lastTurns = loop.turns();
        reported = false;
    }
}
