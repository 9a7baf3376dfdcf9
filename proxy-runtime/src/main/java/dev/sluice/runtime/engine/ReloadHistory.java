package dev.sluice.runtime.engine;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.observe.ReloadsView;

/** The counts of a server's reloads, for metrics. Any thread. */
public final class ReloadHistory {
    private static final double MILLIS = 1000.0;

    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong unchanged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean lastSucceeded = true;
    private volatile Instant last = Instant.now();

    ReloadHistory() {}

    /** Counts a reload that was not refused. */
    public void succeeded(ReloadOutcome outcome) {
        (outcome.kind() == ReloadOutcome.Kind.UNCHANGED ? unchanged : applied).incrementAndGet();
        last = Instant.now();
        lastSucceeded = true;
    }

    /** Counts a reload that was refused, for whatever reason. */
    public void refused() {
        refused.incrementAndGet();
        lastSucceeded = false;
    }

    ReloadsView view() {
        return new ReloadsView(applied.get(), unchanged.get(), refused.get(), lastSucceeded,
                last.toEpochMilli() / MILLIS);
    }
}
