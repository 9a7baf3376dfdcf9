package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.Findings;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * Between a {@link Relay} and its filters: lends them buffers, does what they decide, and wakes them when their time is over. On the relay's loop;
 * only relays of listeners with filters have one.
 */
final class RelayFilters extends ConnectionChain {
    /** When filters that have to decide find no memory to do it in, they are asked again after this time, or when there is some. */
    private static final long MEMORY_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Relay relay;

    RelayFilters(Relay relay, ChainPlan plan) {
        super(plan);
        this.relay = relay;
    }

    @Override
    public void onDecided() {
        if (relay.state() != Relay.State.FILTERING) {
            return;
        }
        switch (connect()) {
            case PENDING -> relay.deadlineNoLaterThan(deadline());
            case ACCEPTED -> dialUnlessFiltersWait();
            case DROPPED -> relay.drop();
            case ENDED -> endRelay();
        }
    }

    @Override
    public void onDecided(Direction direction) {
        run(direction == Direction.CLIENT_TO_UPSTREAM ? relay.client() : relay.upstream(), null);
    }

    private void dialUnlessFiltersWait() {
        DirectionChain first = direction(Direction.CLIENT_TO_UPSTREAM);
        if (waitsBeforeRouting() || (first != null && first.suspended())) {
            relay.deadlineNoLaterThan(deadline());
            relay.client().updateInterest();
        } else {
            relay.dial();
        }
    }

    private void endRelay() {
        CloseReason verdict = verdict();
        relay.close(verdict == null ? CloseReason.FILTER_FAILED : verdict);
    }

    /**
     * An event of a filtered direction is over.
     *
     * @param alive false = a filter has ended the connection, if it is still there
     */
    private void filtered(Side from, boolean alive) {
        if (relay.state() == Relay.State.CLOSED) {
            return;
        }
        if (!alive) {
            if (verdict() == CloseReason.FILTER_DROPPED && relay.state() == Relay.State.FILTERING) {
                relay.drop();
            } else if (verdict() != null) {
                endRelay();
            }
            return;
        }
        if (deadline() != Long.MAX_VALUE) {
            relay.deadlineNoLaterThan(deadline());
        }
        if (relay.state() == Relay.State.FILTERING) {
            dialUnlessFiltersWait();
        } else if (from.finished() && relay.state() != Relay.State.CONNECTING) {
            from.peer().finishIfDrained();
        }
        if (relay.state() != Relay.State.CLOSED) {
            from.updateInterest();
        }
    }

    /** How much the gates let a side be read now; negative = a gate has failed, and the relay is closed. */
    int permits(Side from) {
        if (!gated()) {
            return Integer.MAX_VALUE;
        }
        int permitted = verdict() != null
                ? -1
                : permits(relay.directionOf(from), relay.service().settings().readBuffer(), relay.now());
        if (permitted < 0) {
            endRelay();
        }
        return permitted;
    }

    /** When the gates of a side should be asked again. */
    long gateRetryAt(Side from) {
        long retry = retryAt(relay.directionOf(from), relay.now());
        // Soon is not at once: a gate that is always closed must not keep the loop busy.
        return retry <= relay.now() ? relay.now() + SOON_NANOS : retry;
    }

    /** Bytes were read from a side. */
    void consumed(Side from, int count) {
        if (gated() && !consumed(relay.directionOf(from), count, relay.now())) {
            endRelay();
        }
    }

    /**
     * The relay's timer has expired.
     *
     * @return when the filters of this side want it to expire again
     */
    long onExpiry(Side from, long now) {
        DirectionChain filters = relay.filters(from);
        if (filters != null && filters.holdExpired(now)) {
            run(from, null);
        }
        if (from.gated()) {
            from.askGates();
        }
        // What could not be done for want of memory is done when there is some.
        long next = deadline() <= now ? now + MEMORY_PATIENCE_NANOS : deadline();
        return from.gated() ? Math.min(next, gateRetryAt(from)) : next;
    }

    /** The findings of filters, if there are any, and the route that was taken, if one was. */
    static Findings findings(@Nullable RelayFilters filters, @Nullable String route) {
        return filters == null
                ? new Findings(null, null, null, route, null, null)
                : new Findings(filters.get(Attributes.PROTOCOL), filters.get(Attributes.SNI),
                        filters.get(Attributes.ALPN), route, filters.culprit(), filters.explanation());
    }

    /**
     * One event of a direction that filters look at: borrow, load what they hold, read, filter, send, keep the rest, give back. Does whatever is due: resumes after a suspension, lets expired holds decide, reads and filters.
     *
     * @param socket of {@code from}, if it may be read; null = there may be something to do without a read
     */
    void run(Side from, @Nullable StreamSocket socket) {
        DirectionChain filters = relay.filters(from);
        if (filters == null) {
            return;
        }
        int permitted = socket == null ? 0 : from.permitted();
        if (socket != null && permitted <= 0) {
            return;
        }
        LoopMemory memory = relay.loop().memory();
        Side to = from.peer();
        Buffer last = borrow(memory, to, filters);
        if (last == null) {
            from.awaitMemory();
            return;
        }
        boolean alive = true;
        boolean owned = false;
        try {
            alive = filters.resume(last)
                    && (!filters.holdExpired(relay.now()) || filters.expireHolds(last, relay.now()));
            if (alive) {
                alive = transfer(from, filters, socket, permitted, last);
            }
            owned = alive;
            if (!alive && verdict() == CloseReason.FILTER_REJECTED) {
                // What was let pass before the refusal, as far as it goes.
                send(to, last);
            }
        } finally {
            filters.shut(memory);
            if (!owned || last.content() == 0) {
                memory.giveBack(last);
            } else {
                to.owe(memory.keep(last));
            }
        }
        filtered(from, alive);
    }

    /** A buffer with what filters hold of this direction in it. */
    private static @Nullable Buffer borrow(LoopMemory memory, Side to, DirectionChain filters) {
        Buffer kept = to.takePending();
        Buffer last = memory.borrow(kept);
        if (last == null) {
            if (kept != null) {
                to.owe(kept);
            }
            return null;
        }
        if (filters.open(memory)) {
            return last;
        }
        if (last.content() == 0) {
            memory.giveBack(last);
        } else {
            to.owe(memory.keep(last));
        }
        return null;
    }

    /** @return false if the connection is over, or has to be ended */
    private boolean transfer(Side from, DirectionChain filters, @Nullable StreamSocket socket,
            int mayRead, Buffer last) {
        int permitted = mayRead;
        boolean more = socket != null;
        for (int budget = Side.BYTES_PER_EVENT;;) {
            if (!send(from.peer(), last)) {
                return false;
            }
            boolean filtering = relay.state() == Relay.State.FILTERING;
            if (from.peer().broken() || (filtering ? !waitsBeforeRouting() : last.remaining() > 0)) {
                return true;
            }
            if (filters.blocked()) {
                if (budget <= 0) {
                    // A filter that makes much of little must not keep the loop from the others.
                    relay.loop().execute(() -> relay.filterNow(from));
                    return true;
                }
                if (!filters.run(last, 0)) {
                    return false;
                }
                if (last.remaining() > 0) {
                    budget -= last.remaining();
                    continue;
                }
                if (filters.blocked()) {
                    return true;
                }
            }
            if (!more || socket == null || budget <= 0 || permitted <= 0 || filters.suspended()
                    || relay.filters(from) != filters) {
                return true;
            }
            Buffer input = filters.input(last);
            input.readAtMost(permitted);
            if (input.readLimit() == 0) {
                return true;
            }
            int count = socket.read(input.forRead());
            more = count == input.readLimit();
            if (count < 0) {
                if (!from.isRealEnd(count)) {
                    relay.close(relay.resetBy(from));
                    return false;
                }
                from.markFinished();
                filters.finReceived();
                if (!filters.run(last, 0)) {
                    return false;
                }
            } else if (count > 0) {
                budget -= count;
                input.filled(count);
                from.countRead(count);
                if (relay.state() == Relay.State.CLOSED) {
                    return false;
                }
                if (!filters.run(last, count)) {
                    return false;
                }
                permitted = more ? from.permitted() : permitted;
            }
        }
    }

    /**
     * Sends what filters let pass, once there is somebody to send it to.
     *
     * @return false if that has ended the connection
     */
    private boolean send(Side to, Buffer last) {
        boolean connected = relay.state() == Relay.State.OPEN || relay.state() == Relay.State.LINGERING;
        if (!connected || to.broken() || last.remaining() == 0) {
            return true;
        }
        int sent = to.send(last);
        if (sent < 0) {
            // What was to be sent is lost; whether the relay survives it is for the relay to say.
            last.clear();
            to.broke(sent);
            return relay.state() != Relay.State.CLOSED;
        }
        return true;
    }

    @Override
    public long id() {
        return relay.id();
    }

    @Override
    public EventLoop loop() {
        return relay.loop();
    }

    @Override
    public @Nullable IpAddress source() {
        return relay.source();
    }

    @Override
    public int sourcePort() {
        return relay.client().socket().remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    @Override
    public boolean routed() {
        return relay.state() != Relay.State.FILTERING;
    }

    @Override
    public boolean hasCluster(String name) {
        return relay.service().routes().hasCluster(name);
    }
}
