package dev.sluice.runtime.chain;

import java.time.Duration;
import java.util.Objects;

import dev.sluice.api.Answer;
import dev.sluice.api.AttributeKey;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.Direction;
import dev.sluice.api.RetainedBytes;
import dev.sluice.api.Suspension;
import dev.sluice.runtime.loop.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The context of a connection as its filters see it: facts, attributes and requests. On the connection's loop.
 *
 * <p>Every idle connection of a listener with filters has one, so it is small: fields that few connections need are
 * kept in {@link RareState}.
 */
abstract class FilterContext implements ConnectionContext {
    /** The longest that a filter may wait for an answer. */
    private static final Duration LONGEST_SUSPENSION = Duration.ofHours(1);
    private static final int MOST_ATTRIBUTES = 32;
    private static final byte[] NOTHING = {};

    private final ChainPlan plan;
    /** Attributes: keys and values in turn; shared with other connections, see {@link AttributeSets}. */
    private Object[] attributes = AttributeSets.NONE;
    private @Nullable RareState rareState;
    /**
     * The reason given by a filter. Not in {@link RareState}: there is room for it here, and many connections have one.
     */
    private @Nullable String explanation;
    /**
     * The position of the filter that is being called; -1 = none. A suspension may be created only during a callback.
     */
    private byte inCallbackOf = -1;
    /** The direction whose bytes the callback that is under way was shown, as an ordinal; -1 = none. */
    private byte shown = -1;

    /** Fields that most connections never need. */
    static final class RareState {
        @Nullable
        PendingSuspension waiting;
        /** The suspension created by the callback that is under way. */
        @Nullable
        PendingSuspension created;
        @Nullable
        RetainedCopy retained;
        /** Last bytes given by the callback that is under way, for the client if the filter rejects it. */
        byte @Nullable [] offered;
        /** Last bytes for the client, after a rejection. */
        byte @Nullable [] lastBytes;
        @Nullable
        String routedTo;
        @Nullable
        FilterSlot culprit;
        @Nullable
        CloseReason verdict;
        /** The times at which filters are woken. */
        @Nullable
        Wakes wakes;
        /** Whether the last callback has ended its stream. */
        boolean finishing;
        /** The filters that are bypassed, one bit each. */
        long bypassed;
    }

    FilterContext(ChainPlan plan) {
        this.plan = plan;
    }

    final RareState rareState() {
        RareState rare = rareState;
        if (rare == null) {
            rare = new RareState();
            rareState = rare;
        }
        return rare;
    }

    @Nullable
    final RareState rareStateIfAny() {
        return rareState;
    }

    /** The event loop of the connection. Any thread. */
    protected abstract EventLoop loop();

    /** Whether an endpoint has been chosen already. */
    protected abstract boolean routed();

    /** Whether the configuration has a cluster of this name. */
    protected abstract boolean hasCluster(String name);

    /** Called when a filter has been woken: it may have ended the connection, or set another time. */
    protected void onWoken() {}

    /** Called when a filter has ended a stream: what its sender still sends is to be discarded. */
    protected void onFinish(Direction direction) {}

    /** Wakes a filter, on the loop. */
    abstract void wake(int position);

    /** Called when the suspension of the connect phase was answered: {@link ConnectionChain#connect} goes on. */
    protected abstract void onAnswer();

    /** Called when the suspension of a direction was answered: {@link DirectionChain#resume} goes on. */
    protected abstract void onAnswer(Direction direction);

    ChainPlan plan() {
        return plan;
    }

    /** The suspension of the connect phase; null = none is waited for. */
    @Nullable
    final PendingSuspension waiting() {
        return rareState == null ? null : rareState.waiting;
    }

    /** The times at which filters are woken; null = none has asked. */
    @Nullable
    final Wakes wakes() {
        return rareState == null ? null : rareState.wakes;
    }

    /** Whether the callback that has just returned has ended its stream. */
    boolean finishing() {
        return rareState != null && rareState.finishing;
    }

    /** The suspension created by the callback that has just returned; null = none. */
    @Nullable
    PendingSuspension created() {
        return rareState == null ? null : rareState.created;
    }

    FilterSlot slot(int position) {
        return plan.slots().get(position);
    }

    FilterCounters counters(FilterSlot slot) {
        return slot.counters(loop().index());
    }

    /**
     * Marks the start of a call of a filter, which {@link #leave} ends, so that a filter that blocks the loop can be
     * named.
     */
    void enter(FilterSlot slot) {
        inCallbackOf = (byte) slot.position();
        if (rareState != null) {
            rareState.created = null;
            rareState.offered = null;
            rareState.finishing = false;
        }
        loop().counters().entered(slot);
    }

    /** Notes the direction whose bytes the call that has been entered is shown. */
    void shows(Direction direction) {
        shown = (byte) direction.ordinal();
    }

    void leave() {
        inCallbackOf = -1;
        shown = -1;
        loop().counters().left();
    }

    /** The cluster that a filter has chosen; null = none has. */
    public @Nullable String routedTo() {
        return rareState == null ? null : rareState.routedTo;
    }

    /** The last reason that a filter gave. */
    public @Nullable String explanation() {
        return explanation;
    }

    /** The bytes that a rejected client is to get before the connection ends; null = none. */
    public byte @Nullable [] lastBytes() {
        return rareState == null ? null : rareState.lastBytes;
    }

    /** The {@link #lastBytes}, which are gone then; empty if there are none. */
    public byte[] takeLastBytes() {
        byte[] bytes = rareState == null ? null : rareState.lastBytes;
        if (bytes == null) {
            return NOTHING;
        }
        rareState().lastBytes = null;
        return bytes;
    }

    /**
     * Notes a filter's choice of cluster.
     *
     * @throws FilterContractException if no cluster has that name
     */
    void choose(FilterSlot slot, String cluster) {
        if (!hasCluster(cluster)) {
            throw new FilterContractException("the filter routes to cluster '" + cluster
                    + "', which the configuration does not have");
        }
        counters(slot).count(FilterEvent.ROUTE);
        rareState().routedTo = cluster;
    }

    /** Releases all copies that filters still retain. */
    void closeRetained() {
        if (rareState != null && rareState.retained != null) {
            rareState.retained.closeAll();
        }
    }

    @Override
    public String listener() {
        return plan.listener();
    }

    @Override
    public <T> @Nullable T get(AttributeKey<T> key) {
        int at = indexOf(key);
        return key.type().cast(at < 0 ? fact(key) : attributes[at + 1]);
    }

    /** A fact that no filter has set; null = none of this type is known. */
    protected @Nullable Object fact(AttributeKey<?> key) {
        return null;
    }

    @Override
    public <T> void set(AttributeKey<T> key, T value) {
        Object checked = key.type().cast(Objects.requireNonNull(value));
        int at = indexOf(key);
        if (at >= 0) {
            attributes = plan.attributeSets().replace(attributes, at + 1, checked);
            return;
        }
        if (attributes.length == 2 * MOST_ATTRIBUTES) {
            throw new IllegalStateException("a connection has at most " + MOST_ATTRIBUTES + " attributes");
        }
        attributes = plan.attributeSets().add(attributes, key, checked);
    }

    private int indexOf(AttributeKey<?> key) {
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public long nanoTime() {
        return loop().now();
    }

    @Override
    public void explain(String reason) {
        explanation = FilterException.cut(reason);
    }

    @Override
    public void route(String cluster) {
        Objects.requireNonNull(cluster);
        FilterSlot slot = current("route");
        if (routed()) {
            throw new IllegalStateException(
                    "the connection has been routed already: filters that route by what the client sends declare"
                            + " waitedForBeforeRouting()");
        }
        choose(slot, cluster);
    }

    @Override
    public Suspension suspend(Duration timeout, Answer onTimeout) {
        FilterSlot slot = current("suspend");
        if (timeout.isNegative() || timeout.compareTo(LONGEST_SUSPENSION) > 0) {
            throw new IllegalArgumentException("a suspension may last up to an hour, not " + timeout);
        }
        if (created() != null) {
            throw new IllegalStateException("a callback can wait for one suspension only");
        }
        if (routed() && onTimeout.cluster() != null) {
            throw new IllegalArgumentException("the answer on timeout is " + onTimeout
                    + ", but the connection has been routed already");
        }
        PendingSuspension suspension = new PendingSuspension(this, slot.position(), nanoTime() + timeout.toNanos(),
                onTimeout);
        rareState().created = suspension;
        return suspension;
    }

    @Override
    public void sendLast(byte[] bytes) {
        current("sendLast");
        if (bytes.length > MAX_LAST_BYTES) {
            throw new IllegalArgumentException("sendLast with " + bytes.length + " bytes; at most " + MAX_LAST_BYTES
                    + " are allowed");
        }
        rareState().offered = bytes;
    }

    @Override
    public void finish(Direction direction) {
        current("finish");
        if (shown != direction.ordinal()) {
            throw new IllegalStateException("finish(" + direction
                    + ") may be called only in a callback that shows bytes of that direction");
        }
        rareState().finishing = true;
    }

    @Override
    public void wakeAt(long nanoTime) {
        FilterSlot slot = current("wakeAt");
        RareState rare = rareState();
        if (rare.wakes == null) {
            rare.wakes = new Wakes(plan.slots().size());
        }
        rare.wakes.set(slot.position(), nanoTime);
    }

    @Override
    public Runnable waker() {
        int position = current("waker").position();
        return () -> loop().execute(() -> wake(position));
    }

    @Override
    public RetainedBytes retain(BorrowedBytes bytes, int from, int length, String purpose) {
        FilterSlot slot = current("retain");
        RareState rare = rareState();
        byte[] copy = new byte[RetainedCopy.checked(rare.retained, slot, length, purpose)];
        bytes.copyTo(from, copy, 0, length);
        RetainedCopy copied = new RetainedCopy(rare.retained, slot, counters(slot), copy, purpose);
        rare.retained = copied;
        return copied;
    }

    private FilterSlot current(String method) {
        if (inCallbackOf < 0 || !loop().isInLoop()) {
            throw new IllegalStateException(
                    method + " may be called only during a callback, on the connection's event loop");
        }
        return slot(inCallbackOf);
    }
}
