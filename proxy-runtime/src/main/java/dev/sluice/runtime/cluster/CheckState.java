package dev.sluice.runtime.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.runtime.cluster.EndpointWord.Checked;
import org.jspecify.annotations.Nullable;

/**
 * The verdict of an endpoint's health checks, and their counts. Any thread: a verdict that comes while a configuration
 * ends the checks changes nothing, or the endpoint would be down with nothing to find it up.
 */
final class CheckState {
    private final AtomicReference<Checked> verdict = new AtomicReference<>(Checked.NONE);
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    /** The reason of the last check that has failed. */
    private volatile @Nullable String reason;
    private volatile boolean waits;

    Checked verdict() {
        Checked now = verdict.get();
        return now == null ? Checked.NONE : now;
    }

    /** Forgets the verdict, because the endpoint begins anew. */
    void reset() {
        verdict.set(Checked.NONE);
        waits = false;
    }

    /** Notes whether there are checks from now on. The last verdict stands while they go on. */
    void enable(boolean any) {
        if (any) {
            verdict.compareAndSet(Checked.NONE, Checked.UNCHECKED);
        } else {
            reset();
        }
    }

    /** Keeps clients from the endpoint until a check has passed, if there are checks. @return whether there are */
    boolean awaitSuccess() {
        waits = verdict() == Checked.UNCHECKED;
        return waits;
    }

    /** Whether clients are kept from the endpoint until a check has passed. */
    boolean awaitsSuccess() {
        return waits && verdict() == Checked.UNCHECKED;
    }

    /**
     * Whether clients may be sent to the endpoint.
     *
     * @param mode of its tier
     */
    boolean admit(Tier.Mode mode) {
        return switch (verdict()) {
            case NONE, UP -> true;
            // One that was added waits for its first success: it may still be starting.
            case UNCHECKED -> mode.unchecked() && !awaitsSuccess();
            case DOWN -> mode.panic();
        };
    }

    /** Whether clients may be sent to the endpoint when nothing better is left. */
    boolean admitLast(Tier.Mode mode) {
        return mode.panic() || (verdict() != Checked.DOWN && !awaitsSuccess());
    }

    /** Notes a good verdict, in the place of the one that was seen. @return whether that one stood until now */
    boolean up(Checked seen) {
        boolean changed = verdict.compareAndSet(seen, Checked.UP);
        if (changed) {
            waits = false;
        }
        return changed;
    }

    /** Notes a bad verdict, in the place of the one that was seen. @return whether that one stood until now */
    boolean down(Checked seen) {
        return verdict.compareAndSet(seen, Checked.DOWN);
    }

    /** Notes the reason of a check that has failed. */
    void failed(String why) {
        reason = why;
    }

    /** The reason for which the verdict is bad; null = it is not. */
    @Nullable
    String downReason() {
        return verdict() == Checked.DOWN ? reason : null;
    }

    /** Counts a check that had this result. */
    void count(String result) {
        counts.computeIfAbsent(result, first -> new AtomicLong()).incrementAndGet();
    }

    /** Checks so far, by result. */
    Map<String, Long> counts() {
        Map<String, Long> now = new TreeMap<>();
        counts.forEach((result, count) -> now.put(result, count.get()));
        return now;
    }
}
