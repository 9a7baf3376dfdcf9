package dev.sluice.runtime.chain;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The quarantine of a filter, which takes it out of new connections after repeated offences: callbacks of more than 100
 * ms, and failures. Thread-safe, without locks; under contention one offence more or less may be counted.
 */
public final class Quarantine {
    /**
     * The rule of a quarantine.
     *
     * @param after the number of offences
     * @param withinNanos the time within which they happen
     * @param durationNanos the length of the quarantine
     * @param bypass whether connections bypass the filter meanwhile; otherwise they are refused
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
     * Counts an offence.
     *
     * @return whether it started a quarantine
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

    /** Whether the filter is quarantined now. */
    boolean active(long now) {
        long end = until.get();
        return end != NEVER && end - now > 0;
    }
}
