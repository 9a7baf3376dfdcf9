package dev.sluice.runtime.chain;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Takes a filter out of new connections after repeated offences: callbacks of more than 100 ms, and failures. Thread-safe, without locks; under
 * contention an offence more or less may be counted, not a connection.
 */
public final class Quarantine {
    /**
     * When and how.
     *
     * @param after offences
     * @param withinNanos of each other
     * @param durationNanos of the quarantine
     * @param bypass whether connections do without the filter meanwhile; otherwise they are refused
     */
    public record Rule(int after, long withinNanos, long durationNanos, boolean bypass) {}

    private static final long NEVER = Long.MIN_VALUE;

    private final Rule rule;
    private final AtomicLongArray times;
    private final AtomicInteger offences = new AtomicInteger();
    private final AtomicLong until = new AtomicLong(NEVER);

    Quarantine(Rule rule) {
        this.rule = rule;
        this.times = new AtomicLongArray(rule.after());
    }

    Rule rule() {
        return rule;
    }

    /**
     * One more.
     *
     * @return whether it was the one too many
     */
    boolean offence(long now) {
        int number = offences.getAndIncrement();
        times.set(Math.floorMod(number, rule.after()), now);
        long oldest = times.get(Math.floorMod(number + 1, rule.after()));
        if (number + 1 < rule.after() || now - oldest > rule.withinNanos() || active(now)) {
            return false;
        }
        until.set(now + rule.durationNanos());
        return true;
    }

    /** Whether the filter is out now. */
    boolean active(long now) {
        long end = until.get();
        return end != NEVER && end - now > 0;
    }
}
