package dev.sluice.runtime.engine;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.observe.LastReload;
import dev.sluice.runtime.observe.ReloadCause;
import dev.sluice.runtime.observe.ReloadsView;
import org.jspecify.annotations.Nullable;

/** The counts of a server's reloads, for metrics. Any thread. */
public final class ReloadHistory {
    private static final double MILLIS = 1000.0;

    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong unchanged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean lastSucceeded = true;
    private volatile Instant succeeded = Instant.now();
    private volatile ReloadCause serving = ReloadCause.START;
    private volatile @Nullable LastReload last;

    ReloadHistory() {}

    /**
     * Counts a reload that was not refused.
     *
     * @param text its summary in one line
     */
    public void succeeded(ReloadOutcome outcome, ReloadCause cause, String text) {
        boolean nothing = outcome.kind() == ReloadOutcome.Kind.UNCHANGED;
        (nothing ? unchanged : applied).incrementAndGet();
        if (!nothing) {
            serving = cause;
        }
        succeeded = Instant.now();
        last = new LastReload(succeeded, nothing ? "unchanged" : "applied", cause, text);
        lastSucceeded = true;
    }

    /**
     * Counts a reload that was refused, for whatever reason.
     *
     * @param why the first reason in one line
     */
    public void refused(ReloadCause cause, String why) {
        refused.incrementAndGet();
        last = new LastReload(Instant.now(), "refused", cause, why);
        lastSucceeded = false;
    }

    ReloadsView view() {
        return new ReloadsView(applied.get(), unchanged.get(), refused.get(), lastSucceeded,
                succeeded.toEpochMilli() / MILLIS, last, serving);
    }
}
