package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.loop.CallbackOwner;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.FilterView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One position of a chain, in one configuration generation: a factory, and the running state of the filter of that name. Thread-safe. */
public final class FilterSlot implements CallbackOwner {
    private static final Logger LOG = LoggerFactory.getLogger(FilterSlot.class);
    private final FilterState state;
    private final String type;
    private final int position;
    private final FilterFactory factory;
    private final FilterTraits traits;
    private final @Nullable Quarantine quarantine;
    /** The first filter that the factory made; if it makes no other, connections keep none of their own. */
    private final AtomicReference<@Nullable ConnectionFilter> shared = new AtomicReference<>();

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
    public long total(FilterEvent event) {
        long sum = 0;
        for (FilterCounters each : state.counters()) {
            sum += each.total(event);
        }
        return sum;
    }

    /** Its own counters, by name. Any thread. */
    public Map<String, Long> customCounters() {
        return state.customCounters().values();
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
    public long stalls() {
        return state.stalls.get();
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
        state.failures.incrementAndGet();
        long leftOut = state.reports.admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            LOG.error("Connection {}: {} failed in {}, which costs this connection{}.", connection, label(),
                    callback.label(), LogThrottle.leftOut(leftOut), FilterException.of(why));
        }
        offence(now);
    }

    @Override
    public void onStall(long now) {
        state.stalls.incrementAndGet();
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
        for (FilterEvent event : FilterEvent.values()) {
            decisions.put(event.label(), total(event));
        }
        List<String> sees = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            if (traits.sees(direction)) {
                sees.add(direction.label());
            }
        }
        return new FilterView(listener(), position + 1, name(), type, sees, traits.transforming(),
                traits.beforeRouting(), traits.maxHeldBytes(), connections(), decisions, customCounters(),
                retainedBytes(),
                stalls(), quarantined(now));
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
