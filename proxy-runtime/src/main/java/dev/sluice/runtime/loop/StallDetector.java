package dev.sluice.runtime.loop;

/**
 * A detector of loops that are stuck in one callback, and of the busy share of their time, from samples of their
 * counters. Has no thread and no clock of its own; owned by the watchdog's thread.
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

    /** The time that the loop has been in its callback, as far as samples show. */
    long nanosSinceHeartbeat(long now) {
        return now - lastHeartbeatAt;
    }

    /** Whether the loop waits for sockets, and has not turned since the last sample. */
    boolean idle() {
        return !loop.busy() && loop.turns() == lastTurns;
    }

    /**
     * Resumes after a pause in which the loop was idle: a callback seen from here on began at {@code now} at the
     * earliest.
     */
    void resume(long now) {
        findings.sampled(false, now);
        lastHeartbeat = loop.heartbeats();
        lastHeartbeatAt = now;
        lastTurns = loop.turns();
        reported = false;
    }
}
