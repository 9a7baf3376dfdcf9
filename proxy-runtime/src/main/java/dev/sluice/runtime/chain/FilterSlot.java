package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.loop.Occupant;
import dev.sluice.runtime.observe.FilterView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One position of a chain, in one configuration generation: a factory, and the running state of the filter of that name. Thread-safe. */
public final class FilterSlot implements Occupant {
    private static final Logger LOG = LoggerFactory.getLogger(FilterSlot.class);
    /** A filter that fails on every connection must not fill the disk: one stack trace in this time. */
    private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final FilterState state;
    private final String type;
    private final int position;
    private final FilterFactory factory;
    private final FilterTraits traits;
    private final @Nullable Quarantine quarantine;
    /** The first filter that the factory made; if it makes no other, connections keep none of their own. */
    private volatile @Nullable ConnectionFilter shared;

    /**
     * A position.
     *
     * @param state what outlives the generation
     * @param position in the chain, from 0
     * @param rule null = never quarantined
     */
    public FilterSlot(FilterState state, String type, int position, FilterFactory factory,
            Quarantine.@Nullable Rule rule) {
        this.state = state;
        this.type = type;
        this.position = position;
        this.factory = factory;
        this.traits = Objects.requireNonNull(factory.traits(), "traits() returned null");
        this.quarantine = state.quarantine(rule);
    }

    /** The name of the listener. */
    public String listener() {
        return state.listener();
    }

    /** The name in the chain. */
    public String name() {
        return state.name();
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
    public long total(Decision decision) {
        long sum = 0;
        for (FilterCounters each : state.counters()) {
            sum += each.total(decision);
        }
        return sum;
    }

    /** Bytes that its filters retain now. Any thread. */
    public long retainedBytes() {
        long sum = 0;
        for (FilterCounters each : state.counters()) {
            sum += each.retainedBytes();
        }
        return sum;
    }

    /** Connections that have one of its filters now. Any thread. */
    public long connections() {
        return state.connections();
    }

    /** How often one of its filters threw or broke its contract. Any thread. */
    public long failures() {
        return state.failures.get();
    }

    /** How often one of its callbacks took longer than 100 ms. Any thread. */
    public long hogs() {
        return state.hogs.get();
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
        return state.counters().get(loop);
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
        ConnectionFilter known = shared;
        if (known == null && made != null) {
            // Two loops may both be first: then one of the instances is kept here for nothing.
            shared = made;
            return null;
        }
        if (made == null) {
            throw new FilterContractException("newFilter returned null");
        }
        return made == known ? null : made;
    }

    ConnectionFilter shared() {
        ConnectionFilter known = shared;
        if (known == null) {
            throw new IllegalStateException("no filter was made");
        }
        return known;
    }

    /** A callback threw, or broke the contract. */
    void failed(long connection, Callback callback, Throwable why, long now) {
        state.failures.incrementAndGet();
        long due = state.nextLog.get();
        if ((due == Long.MIN_VALUE || now - due >= 0) && state.nextLog.compareAndSet(due, now + LOG_EVERY_NANOS)) {
            long others = state.unlogged.getAndSet(0);
            LOG.error("Connection {}: {} failed in {}, which costs this connection{}.", connection, label(),
                    callback.label(), others == 0 ? "" : " (as it did " + others + " others since the last report)",
                    FilterFailure.of(why));
        } else {
            state.unlogged.incrementAndGet();
        }
        offence(now);
    }

    @Override
    public void hogged(long now) {
        state.hogs.incrementAndGet();
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
        return "filter '" + name() + "' (type " + type + ", position " + (position + 1) + " of listener " + listener()
                + ")";
    }

    /** The filter for admin answers and metrics. Any thread but an event loop's. */
    public FilterView view(long now) {
        Map<String, Long> decisions = new LinkedHashMap<>();
        for (Decision decision : Decision.values()) {
            decisions.put(decision.label(), total(decision));
        }
        List<String> sees = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            if (traits.sees(direction)) {
                sees.add(direction.label());
            }
        }
        return new FilterView(listener(), position + 1, name(), type, sees, traits.transforming(),
                traits.beforeRouting(), traits.maxHeldBytes(), connections(), decisions, retainedBytes(), hogs(),
                quarantined(now));
    }

    /** Closes the factory: the last of its connections is gone. Not on an event loop. */
    public void close() {
        try {
            factory.close();
        } catch (Throwable e) {
            LOG.error("{} failed to close.", label(), FilterFailure.of(e));
        }
    }
}
