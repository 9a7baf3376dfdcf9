package dev.sluice.runtime.chain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.Events;
import org.jspecify.annotations.Nullable;

/**
 * The running state of one filter of a listener, by their names: its counters and its quarantine. Outlives
 * configurations. Thread-safe.
 */
public final class FilterState {
    private final String listener;
    private final String name;
    private final List<FilterCounters> counters;
    final Events events;
    final AtomicLong failures = new AtomicLong();
    final AtomicLong stalls = new AtomicLong();
    /**
     * The throttle of failure reports, one stack trace a second: a filter that fails on every connection must not fill
     * the disk.
     */
    final LogThrottle reports = new LogThrottle(Duration.ofSeconds(1));
    private final CustomCounters customCounters = new CustomCounters();
    private volatile @Nullable Quarantine quarantine;

    /**
     * The state of a filter that has not been called yet.
     *
     * @param loops event loops of the server; each has counters of its own
     * @param events of the server
     */
    public FilterState(String listener, String name, int loops, Events events) {
        this.events = events;
        this.listener = listener;
        this.name = name;
        List<FilterCounters> each = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            each.add(new FilterCounters());
        }
        this.counters = List.copyOf(each);
    }

    /** The name of the listener. */
    public String listener() {
        return listener;
    }

    /** The name in the chain. */
    public String name() {
        return name;
    }

    /** Counts a failure outside of a callback. */
    public void countFailure() {
        failures.incrementAndGet();
    }

    /** Connections that have this filter now. */
    public long connections() {
        long sum = 0;
        for (FilterCounters each : counters) {
            sum += each.connections();
        }
        return sum;
    }

    /**
     * The quarantine by a rule. While the rule is unchanged it is the same object, with the offences counted so far.
     * One thread at a time.
     */
    @Nullable
    Quarantine quarantine(Quarantine.@Nullable Rule rule) {
        if (rule == null) {
            return null;
        }
        Quarantine known = quarantine;
        if (known == null || !known.rule().equals(rule)) {
            known = new Quarantine(rule);
            quarantine = known;
        }
        return known;
    }

    /** The counters that the filter has registered. */
    public CustomCounters customCounters() {
        return customCounters;
    }

    List<FilterCounters> counters() {
        return counters;
    }
}
