package dev.sluice.runtime.chain;

import dev.sluice.api.Answer;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Direction;
import dev.sluice.api.ReadGate;
import dev.sluice.runtime.observe.OwnedBytes;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one connection: this class creates them, calls them at connect, and closes them. On the connection's
 * loop. The class with the sockets extends this one, because a reference to a separate object would cost every
 * connection a field and a header.
 *
 * <pre>
 *   connect() ──▶ GO_ON ───▶ {@link DirectionChain}s, while filters see bytes
 *      ▲  │
 *      │  ├─────▶ WAIT ── onAnswer ──▶ connect()
 *      └──┘ next filter
 *         └─────▶ END (rejected, tarpitted, failed, quarantined)
 * </pre>
 */
public abstract class ConnectionChain extends OwnFilters {
    private @Nullable DirectionChain toUpstream;
    private @Nullable DirectionChain toClient;
    /** The number of filters that have let the connection in, those with lower positions. */
    private byte admitted;
    private boolean gates;

    /** A chain that has called no filter yet. */
    protected ConnectionChain(ChainPlan plan) {
        super(plan);
    }

    /** The most filters that a chain can have. */
    public static final int MOST_FILTERS = 64;

    /** Creates the filters and calls them at connect, from where the last call stopped. */
    public Flow connect() {
        PendingSuspension answered = waiting();
        if (answered != null) {
            rareState().waiting = null;
            if (answered(slot(answered.position()), answered.answer()) == Flow.END) {
                return Flow.END;
            }
            admitted++;
        }
        while (admitted < plan().slots().size()) {
            FilterSlot slot = slot(admitted);
            if (made() == admitted && !make(slot)) {
                return Flow.END;
            }
            Flow flow = bypassed(admitted) ? Flow.GO_ON : ask(slot);
            if (flow != Flow.GO_ON) {
                return flow;
            }
            admitted++;
        }
        toUpstream = DirectionChain.of(this, Direction.CLIENT_TO_UPSTREAM);
        toClient = DirectionChain.of(this, Direction.UPSTREAM_TO_CLIENT);
        return Flow.GO_ON;
    }

    private boolean make(FilterSlot slot) {
        int position = slot.position();
        if (slot.quarantined(loop().now())) {
            if (!slot.bypassed()) {
                end(slot, CloseReason.FILTER_QUARANTINED);
                return false;
            }
            rareState().bypassed |= 1L << position;
            counters(slot).count(FilterEvent.BYPASS);
            keep(position, null);
            return true;
        }
        enter(slot);
        try {
            keep(position, slot.newFilter(this));
        } catch (Throwable failure) {
            fail(slot, Callback.NEW_FILTER, failure);
            return false;
        } finally {
            leave();
        }
        counters(slot).connections(1);
        gates |= filter(position) instanceof ReadGate;
        return true;
    }

    private Flow ask(FilterSlot slot) {
        ConnectDecision decision;
        enter(slot);
        try {
            decision = filter(slot.position()).onConnect(this);
            if (decision == null) {
                throw new FilterContractException("onConnect returned null");
            }
        } catch (Throwable failure) {
            return fail(slot, Callback.ON_CONNECT, failure);
        } finally {
            leave();
        }
        if (decision != ConnectDecision.SUSPEND) {
            return unusedSuspension(slot, Callback.ON_CONNECT, decision) ? Flow.END : decided(slot, decision);
        }
        PendingSuspension wait = suspended(slot, Callback.ON_CONNECT);
        if (wait == null) {
            return Flow.END;
        }
        rareState().waiting = wait;
        wait.await(null);
        return Flow.WAIT;
    }

    /**
     * The suspension of a callback that has just returned SUSPEND; null = the callback created none, which has ended
     * the connection.
     */
    @Nullable
    PendingSuspension suspended(FilterSlot slot, Callback callback) {
        PendingSuspension wait = created();
        if (wait == null) {
            fail(slot, callback, new FilterContractException(
                    "the filter returned SUSPEND without context.suspend(…) in the same callback"));
        } else {
            counters(slot).count(FilterEvent.SUSPEND);
        }
        return wait;
    }

    /** Whether a callback that did not return SUSPEND has created a suspension, which has ended the connection. */
    boolean unusedSuspension(FilterSlot slot, Callback callback, Object returned) {
        PendingSuspension wait = created();
        if (wait == null) {
            return false;
        }
        wait.cancel();
        fail(slot, callback,
                new FilterContractException("the filter called context.suspend(…) and returned " + returned));
        return true;
    }

    /** Carries out the answer to a suspension, in this order: route, reason, last bytes, decision. */
    Flow answered(FilterSlot slot, Answer answer) {
        String cluster = answer.cluster();
        if (cluster != null) {
            try {
                if (routed()) {
                    throw new FilterContractException(
                            "the answer has a route, but the connection has been routed already");
                }
                choose(slot, cluster);
            } catch (FilterContractException refused) {
                return fail(slot, Callback.SUSPENSION, refused);
            }
        }
        String reason = answer.reason();
        if (reason != null) {
            explain(reason);
        }
        byte[] lastBytes = answer.lastBytes();
        if (lastBytes != null) {
            rareState().offered = lastBytes;
        }
        return decided(slot, answer.decision());
    }

    /** Counts a decision, and ends the connection if it says so. */
    Flow decided(FilterSlot slot, ConnectDecision decision) {
        return switch (decision) {
            case ACCEPT -> {
                counters(slot).count(FilterEvent.ACCEPT);
                yield Flow.GO_ON;
            }
            case REJECT -> {
                counters(slot).count(FilterEvent.REJECT);
                RareState rare = rareState();
                rare.lastBytes = rare.offered;
                yield end(slot, CloseReason.FILTER_REJECTED);
            }
            case TARPIT -> {
                counters(slot).count(FilterEvent.TARPIT);
                yield end(slot, CloseReason.FILTER_TARPITTED);
            }
            case SUSPEND -> throw new IllegalStateException("a suspension decides nothing");
        };
    }

    /** Whether routing has to wait for filters that look at the client's first bytes. */
    public boolean waitsBeforeRouting() {
        return toUpstream != null && toUpstream.waitsBeforeRouting();
    }

    /** Whether a filter waits for the answer to a suspension before it lets the connection in. */
    public boolean suspended() {
        return waiting() != null;
    }

    /** The filters that still see the bytes of a direction; null = none, bytes pass unseen. */
    public @Nullable DirectionChain direction(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient;
    }

    /** Ends a direction whose bytes can no longer be delivered: its filters are not called again, except at the end. */
    public void abandon(Direction direction) {
        DirectionChain filters = direction(direction);
        if (filters != null) {
            filters.close(loop().memory());
            detached(direction);
        }
    }

    /** Removes a direction whose last filter has detached. */
    void detached(Direction direction) {
        if (direction == Direction.CLIENT_TO_UPSTREAM) {
            toUpstream = null;
        } else {
            toClient = null;
        }
    }

    /** Whether any filter gates reads, so that {@link #permits} has to be called. */
    public boolean gated() {
        return gates;
    }

    /**
     * The least that the gates permit to be read now; 0 = one is closed; negative = one has failed, which is the
     * {@link #verdict}.
     */
    public int permits(Direction direction, int wanted, long now) {
        return Gates.permits(this, direction, wanted, now);
    }

    /** The time at which the gates are to be asked again, after one was closed. */
    public long retryAt(Direction direction, long now) {
        return Gates.retryAt(this, direction, now);
    }

    /**
     * Reports bytes that were read to the gates.
     *
     * @return false if a gate has failed
     */
    public boolean consumed(Direction direction, int bytes, long now) {
        return Gates.consumed(this, direction, bytes, now);
    }

    @Override
    void wake(int position) {
        Wakes.wake(this, position);
    }

    /** The next time at which {@link #expire} has something to do; {@link Long#MAX_VALUE} = never. */
    public long deadline() {
        PendingSuspension waiting = waiting();
        long next = Math.min(Wakes.next(this), waiting == null ? Long.MAX_VALUE : waiting.deadline());
        if (toUpstream != null) {
            next = Math.min(next, toUpstream.deadline());
        }
        return toClient == null ? next : Math.min(next, toClient.deadline());
    }

    /**
     * Wakes filters, and completes suspensions that have timed out, which calls {@link #onAnswer}. Expired holds are left
     * to the directions.
     */
    public void expire(long now) {
        Wakes.run(this, now);
        PendingSuspension waiting = waiting();
        if (waiting != null) {
            waiting.expire(now);
        }
        if (toUpstream != null) {
            toUpstream.expireSuspension(now);
        }
        if (toClient != null) {
            toClient.expireSuspension(now);
        }
    }

    /**
     * Closes every filter that was created. Called once; afterwards the chain only answers queries about its findings.
     */
    public void close(CloseReason reason) {
        PendingSuspension waiting = waiting();
        if (waiting != null) {
            waiting.cancel();
        }
        if (toUpstream != null) {
            toUpstream.close(loop().memory());
        }
        if (toClient != null) {
            toClient.close(loop().memory());
        }
        int count = noneMade();
        for (int i = 0; i < count; i++) {
            if (!bypassed(i)) {
                FilterSlot slot = slot(i);
                counters(slot).connections(-1);
                enter(slot);
                try {
                    filter(i).onClose(reason, this);
                } catch (Throwable failure) {
                    slot.failed(id(), Callback.ON_CLOSE, failure, loop().now());
                } finally {
                    leave();
                }
            }
        }
        closeRetained();
        forgetFilters();
    }

    /** Decides to end the connection because of a filter. */
    Flow end(FilterSlot slot, CloseReason reason) {
        RareState rare = rareState();
        if (rare.verdict == null) {
            rare.verdict = reason;
            rare.culprit = slot;
        }
        return Flow.END;
    }

    Flow fail(FilterSlot slot, Callback callback, Throwable failure) {
        counters(slot).count(FilterEvent.FAIL);
        slot.failed(id(), callback, failure, loop().now());
        return end(slot, CloseReason.FILTER_FAILED);
    }

    /** The reason why the connection has to end; null = it goes on. */
    public @Nullable CloseReason verdict() {
        RareState rare = rareStateIfAny();
        return rare == null ? null : rare.verdict;
    }

    /** The name of the filter that ended the connection; null = none did. */
    public @Nullable String culprit() {
        RareState rare = rareStateIfAny();
        return rare == null || rare.culprit == null ? null : rare.culprit.name();
    }

    /** Bytes of buffer that are held between stages now. */
    public int bufferBytes() {
        return (toUpstream == null ? 0 : toUpstream.bufferBytes()) + (toClient == null ? 0 : toClient.bufferBytes());
    }

    /** Adds up what {@link #bufferBytes} counts, and the copies that filters retain, by filter. */
    public void addOwned(OwnedBytes sum) {
        if (toUpstream != null) {
            toUpstream.addOwned(sum);
        }
        if (toClient != null) {
            toClient.addOwned(sum);
        }
        RareState rare = rareStateIfAny();
        if (rare != null && rare.retained != null) {
            rare.retained.addAll(sum);
        }
    }
}
