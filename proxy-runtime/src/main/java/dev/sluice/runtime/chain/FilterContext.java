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
 * What filters know and may ask of their connection, and what they have found out about it. On the connection's loop.
 *
 * <p>Every idle connection of a listener with filters has one, so it is small: what few connections need is kept {@linkplain Extras aside}.
 */
abstract class FilterContext implements ConnectionContext {
    /** The longest that a filter may wait for an answer. */
    private static final Duration LONGEST_SUSPENSION = Duration.ofHours(1);
    private static final int MOST_ATTRIBUTES = 32;
    private static final byte[] NOTHING = {};

    private final ChainPlan plan;
    /** Keys and values in turn; shared with other connections, see {@link AttributeSets}. */
    private Object[] attributes = AttributeSets.NONE;
    private @Nullable Extras extras;
    /** Not in {@link Extras}: there is room for it here, and many clients give a filter something to say. */
    private @Nullable String explanation;
    /** In a callback: then a suspension may be created. */
    private byte inCallbackOf = -1;

    /** What most connections never need. */
    static final class Extras {
        @Nullable
        PendingSuspension waiting;
        /** By the callback that is under way. */
        @Nullable
        PendingSuspension created;
        @Nullable
        RetainedCopy retained;
        /** By the callback that is under way: for the client, if it rejects. */
        byte @Nullable [] offered;
        /** For the client, after a rejection. */
        byte @Nullable [] lastBytes;
        @Nullable
        String routedTo;
        @Nullable
        FilterSlot culprit;
        @Nullable
        CloseReason verdict;
        /** Which filters are bypassed, one bit each. */
        long bypassed;
    }

    FilterContext(ChainPlan plan) {
        this.plan = plan;
    }

    final Extras extras() {
        Extras here = extras;
        if (here == null) {
            here = new Extras();
            extras = here;
        }
        return here;
    }

    @Nullable
    final Extras extrasIfAny() {
        return extras;
    }

    /** The event loop of the connection. From any thread. */
    protected abstract EventLoop loop();

    /** Whether an endpoint has been chosen already. */
    protected abstract boolean routed();

    /** Whether the configuration has a cluster of this name. */
    protected abstract boolean hasCluster(String name);

    /** The answer that the connect phase waited for has come: {@link ConnectionChain#connect} goes on. */
    protected abstract void onAnswer();

    /** The answer that a direction waited for has come: {@link DirectionChain#resume} goes on. */
    protected abstract void onAnswer(Direction direction);

    ChainPlan plan() {
        return plan;
    }

    /** The suspension that the callback which has just returned created; null = none. */
    @Nullable
    PendingSuspension created() {
        return extras == null ? null : extras.created;
    }

    FilterSlot slot(int position) {
        return plan.slots().get(position);
    }

    FilterCounters counters(FilterSlot slot) {
        return slot.counters(loop().index());
    }

    /** Every call of a filter stands between this and {@link #leave}, so that who hogs the loop can be named. */
    void enter(FilterSlot slot) {
        inCallbackOf = (byte) slot.position();
        if (extras != null) {
            extras.created = null;
            extras.offered = null;
        }
        loop().counters().entered(slot);
    }

    void leave() {
        inCallbackOf = -1;
        loop().counters().left();
    }

    /** The cluster that a filter chose; null = none did. */
    public @Nullable String routedTo() {
        return extras == null ? null : extras.routedTo;
    }

    /** The reason that a filter gave last. */
    public @Nullable String explanation() {
        return explanation;
    }

    /** The bytes that a rejected client is to get before the connection ends; null = none. */
    public byte @Nullable [] lastBytes() {
        return extras == null ? null : extras.lastBytes;
    }

    /** The {@link #lastBytes}, which are gone then; empty if there are none. */
    public byte[] takeLastBytes() {
        byte[] bytes = extras == null ? null : extras.lastBytes;
        if (bytes == null) {
            return NOTHING;
        }
        extras().lastBytes = null;
        return bytes;
    }

    /**
     * Notes a filter's choice of cluster.
     *
     * @throws FilterContractException if there is none of that name
     */
    void choose(FilterSlot slot, String cluster) {
        if (!hasCluster(cluster)) {
            throw new FilterContractException("it routes to cluster '" + cluster
                    + "', which the configuration does not have");
        }
        counters(slot).count(FilterEvent.ROUTE);
        extras().routedTo = cluster;
    }

    /** Whatever filters still keep copies of. */
    void closeRetained() {
        if (extras != null && extras.retained != null) {
            extras.retained.closeAll();
        }
    }

    @Override
    public String listener() {
        return plan.listener();
    }

    @Override
    public <T> @Nullable T get(AttributeKey<T> key) {
        int at = indexOf(key);
        return at < 0 ? null : key.type().cast(attributes[at + 1]);
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
            throw new IllegalArgumentException("a suspension lasts up to an hour: " + timeout);
        }
        if (created() != null) {
            throw new IllegalStateException("a callback can wait for one suspension only");
        }
        if (routed() && onTimeout.cluster() != null) {
            throw new IllegalArgumentException("the answer of the time-out is " + onTimeout
                    + ", but the connection has been routed already");
        }
        PendingSuspension suspension = new PendingSuspension(this, slot.position(), nanoTime() + timeout.toNanos(),
                onTimeout);
        extras().created = suspension;
        return suspension;
    }

    @Override
    public void sendLast(byte[] bytes) {
        current("sendLast");
        if (bytes.length > MAX_LAST_BYTES) {
            throw new IllegalArgumentException("sendLast with " + bytes.length + " bytes; at most " + MAX_LAST_BYTES
                    + " are allowed");
        }
        extras().offered = bytes;
    }

    @Override
    public RetainedBytes retain(BorrowedBytes bytes, int from, int length, String purpose) {
        FilterSlot slot = current("retain");
        Extras here = extras();
        byte[] copy = new byte[RetainedCopy.checked(here.retained, slot, length, purpose)];
        bytes.copyTo(from, copy, 0, length);
        RetainedCopy copied = new RetainedCopy(here.retained, slot, counters(slot), copy, purpose);
        here.retained = copied;
        return copied;
    }

    private FilterSlot current(String what) {
        if (inCallbackOf < 0 || !loop().isInLoop()) {
            throw new IllegalStateException(what + " is for callbacks, on the connection's event loop");
        }
        return slot(inCallbackOf);
    }
}
