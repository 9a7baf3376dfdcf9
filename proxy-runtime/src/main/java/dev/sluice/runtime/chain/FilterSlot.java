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
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.FilterView;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A position of a chain, in one configuration generation: a factory, and the running state of the filter of that name.
 * Thread-safe.
 */
public final class FilterSlot implements CallbackOwner {
    private static final Logger LOG = LoggerFactory.getLogger(FilterSlot.class);
    private final FilterState state;
    private final String type;
    private final int position;
    private final FilterFactory factory;
    private final FilterTraits traits;
    private final @Nullable Quarantine quarantine;
    /**
     * The first filter that the factory has created; connections store no filter of their own if it creates no other.
     */
    private final AtomicReference<@Nullable ConnectionFilter> shared = new AtomicReference<>();

    /**
     * A slot for a factory's filters.
     *
     * @param state the running state, which outlives the generation
     * @param position in the chain, from 0
     * @param rule rule of its quarantine; null = never quarantined
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

    /** Whether another slot has the very same factory, under the same name. */
    @SuppressWarnings("ReferenceEquality") // the very instance
    boolean isSame(FilterSlot other) {
        return factory == other.factory && name().equals(other.name());
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

    /** The traits of its filters. */
    public FilterTraits traits() {
        return traits;
    }

    /** The number of events of its filters, over all loops. Any thread. */
    public long total(FilterEvent event) {
        long sum = 0;
        for (FilterCounters each : state.counters()) {
            sum += each.total(event);
        }
        return sum;
    }

    /** The counters that the filter has registered, by name. Any thread. */
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

    /** The number of failures and breaches of contract of its filters. Any thread. */
    public long failures() {
        return state.failures.get();
    }

    /** The number of its callbacks that took longer than 100 ms. Any thread. */
    public long stalls() {
        return state.stalls.get();
    }

    /** Whether it is quarantined because of repeated offences. Any thread. */
    public boolean quarantined(long now) {
        return quarantine != null && quarantine.active(now);
    }

    /** Whether connections bypass it while it is quarantined; otherwise they are refused. */
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
                    ? "newFilter returned no TransformFilter, but the filter's traits declare transforms(…)"
                    : "newFilter returned a TransformFilter, but the filter's traits do not declare transforms(…)");
        }
        // Two loops may both be first: one instance becomes the shared one, and the connection of the other loop keeps
        // its own.
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

    /** Reports a callback that threw or broke the contract. */
    void failed(long connection, Callback callback, Throwable failure, long now) {
        state.failures.incrementAndGet();
        long leftOut = state.reports.admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            LOG.error("Connection {}: {} failed in {}; the connection ends{}.", connection, label(),
                    callback.label(), LogThrottle.leftOut(leftOut), FilterException.of(failure));
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
            String text = "quarantined for " + TimeUnit.NANOSECONDS.toSeconds(quarantine.rule().durationNanos())
                    + " s after " + quarantine.rule().after() + " offences: new connections "
                    + (bypassed() ? "bypass it" : "are refused");
            LOG.error("{} is {}.", label(), text);
            state.events.add(Event.Kind.QUARANTINE, "listener " + listener() + ", filter " + name(), text);
        }
    }

    @Override
    public String describe() {
        return label();
    }

    /** The filter's name in messages. */
    String label() {
        return "filter '" + name() + "' (type " + type + ", position " + (position + 1) + " of listener " + listener()
                + ")";
    }

    /** The filter for admin responses and metrics. Any thread but an event loop's. */
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

    /**
     * What the filter would do with a client, in a sentence that is one line. Counts nothing, not even a failure. Any thread but an event
     * loop's.
     */
    public String explain(ConnectionInfo client, long now) {
        if (quarantined(now)) {
            return "is quarantined: new connections " + (bypassed() ? "bypass it" : "are refused");
        }
        try {
            String sentence = factory.explain(client);
            return sentence == null ? "gives no explanation" : Printable.of(FilterException.cut(sentence));
        } catch (Throwable e) {
            return "cannot explain it: " + Printable.of(String.valueOf(FilterException.of(e).getMessage()));
        }
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
