package dev.sluice.runtime.chain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.loop.CallbackOwner;
import dev.sluice.runtime.loop.LogThrottle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One position of a chain, in one configuration generation: a factory and what its filters have done. Thread-safe. */
public final class FilterSlot implements CallbackOwner {
    private static final Logger LOG = LoggerFactory.getLogger(FilterSlot.class);
    /** A filter that fails on every connection must not fill the disk: one stack trace in this time. */
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

    private final String listener;
    private final String name;
    private final String type;
    private final int position;
    private final FilterFactory factory;
    private final FilterTraits traits;
    private final List<FilterCounters> counters = new ArrayList<>();
    private final CustomCounters customCounters;
    private final @Nullable Quarantine quarantine;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong hogs = new AtomicLong();
    private final LogThrottle reports = new LogThrottle(REPORT_INTERVAL);
    /** The first filter that the factory made; if it makes no other, connections keep none of their own. */
    private final AtomicReference<@Nullable ConnectionFilter> shared = new AtomicReference<>();

    /**
     * A position.
     *
     * @param position in the chain, from 0
     * @param loops how many event loops there are
     * @param customCounters that the factory has asked for, and will
     * @param rule null = never quarantined
     */
    public FilterSlot(String listener, String name, String type, int position, FilterFactory factory, int loops,
            CustomCounters customCounters, Quarantine.@Nullable Rule rule) {
        this.listener = listener;
        this.name = name;
        this.type = type;
        this.position = position;
        this.factory = factory;
        this.traits = Objects.requireNonNull(factory.traits(), "traits() returned null");
        this.customCounters = customCounters;
        this.quarantine = rule == null ? null : new Quarantine(rule);
        for (int i = 0; i < loops; i++) {
            counters.add(new FilterCounters());
        }
    }

    /** The name of the listener. */
    public String listener() {
        return listener;
    }

    /** The name in the chain. */
    public String name() {
        return name;
    }

    /** The type of the filter. */
    public String type() {
        return type;
    }

    /** The position in the chain, from 0. */
    public int position() {
        return position;
    }

    /** What its filters need. */
    public FilterTraits traits() {
        return traits;
    }

    /** How often its filters did something, over all loops. Any thread. */
    public long total(FilterEvent event) {
        long sum = 0;
        for (FilterCounters each : counters) {
            sum += each.total(event);
        }
        return sum;
    }

    /** Its own counters, by name. Any thread. */
    public Map<String, Long> customCounters() {
        return customCounters.values();
    }

    /** Bytes that its filters retain now. Any thread. */
    public long retainedBytes() {
        long sum = 0;
        for (FilterCounters each : counters) {
            sum += each.retainedBytes();
        }
        return sum;
    }

    /** Connections that have one of its filters now. Any thread. */
    public long connections() {
        long sum = 0;
        for (FilterCounters each : counters) {
            sum += each.connections();
        }
        return sum;
    }

    /** How often one of its filters threw or broke its contract. Any thread. */
    public long failures() {
        return failures.get();
    }

    /** How often one of its callbacks took longer than 100 ms. Any thread. */
    public long hogs() {
        return hogs.get();
    }

    /** Whether it is out because of repeated offences. Any thread. */
    public boolean quarantined(long now) {
        return quarantine != null && quarantine.active(now);
    }

    /** Whether connections do without it while it is quarantined. */
    boolean bypassed() {
        return quarantine != null && quarantine.rule().bypass();
    }

    FilterCounters counters(int loop) {
        return counters.get(loop);
    }

    /**
     * The filter of a connection.
     *
     * @return null if it is the shared one
     */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // the very instance
    ConnectionFilter newFilter(ConnectionInfo connection) {
        ConnectionFilter made = factory.newFilter(connection);
        if (made == null) {
            throw new FilterContractException("newFilter returned null");
        }
        if (made instanceof TransformFilter != traits.transforming()) {
            throw new FilterContractException(traits.transforming()
                    ? "newFilter returned no TransformFilter, but its traits say transforms(…)"
                    : "newFilter returned a TransformFilter, but its traits do not say transforms(…)");
        }
        // Two loops may both be first: one instance becomes the shared one, and the connection of the other keeps its own.
        if (shared.get() == null && shared.compareAndSet(null, made)) {
            return null;
        }
        return made == shared.get() ? null : made;
    }

    ConnectionFilter shared() {
        ConnectionFilter first = shared.get();
        if (first == null) {
            throw new IllegalStateException("no filter was made");
        }
        return first;
    }

    /** A callback threw, or broke the contract. */
    void failed(long connection, Callback callback, Throwable why, long now) {
        failures.incrementAndGet();
        long leftOut = reports.admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            LOG.error("Connection {}: {} failed in {}, which costs this connection{}.", connection, label(),
                    callback.label(), LogThrottle.leftOut(leftOut), FilterException.of(why));
        }
        offence(now);
    }

    @Override
    public void onStall(long now) {
        hogs.incrementAndGet();
        offence(now);
    }

    private void offence(long now) {
        if (quarantine != null && quarantine.offence(now)) {
            LOG.error("{} is quarantined for {} s after {} offences: new connections {}.", label(),
                    TimeUnit.NANOSECONDS.toSeconds(quarantine.rule().durationNanos()), quarantine.rule().after(),
                    bypassed() ? "do without it" : "are refused");
        }
    }

    @Override
    public String describe() {
        return label();
    }

    /** How messages name it. */
    String label() {
        return "filter '" + name + "' (type " + type + ", position " + (position + 1) + " of listener " + listener
                + ")";
    }

    /** Closes the factory: the last of its connections is gone. Not on an event loop. */
    public void close() {
        try {
            factory.close();
        } catch (Throwable e) {
            LOG.error("{} failed to close.", label(), FilterException.of(e));
        }
    }
}
