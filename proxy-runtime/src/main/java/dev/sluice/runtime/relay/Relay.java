package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a proxied connection: its state ({@link RelayState}), its end, and the reason of that end. Its deadlines
 * are those of {@link RelayDeadlines}; bytes are moved by the pumps. On its worker's loop.
 */
final class Relay extends DialledConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** The links of the worker's list. */
    @Nullable
    Relay previous;
    @Nullable
    Relay next;

    private final Worker worker;
    private final ListenerCounters counters;
    private final long id;

    Relay(Worker worker, Serving serving, long id, StreamSocket clientSocket) {
        super(serving, clientSocket, serving.listener().settings().tls() == null ? Side::new : TlsSide::new,
                worker.loop().now());
        this.worker = worker;
        this.counters = listener().counters().get(worker.loop().index());
        this.id = id;
    }

    /** Registers the client, runs its filters and dials an endpoint. */
    void start() {
        worker.add(this);
        counters.accepted();
        listener().connections().opened(loop().index());
        try {
            loop().poller().register(client().socket(), client());
            worker.captures().onAccepted(this);
            HeaderRules header = settings().header();
            if (worker.self().leadsBack(listener().state(), client().socket())) {
                close(CloseReason.PROXY_LOOP);
            } else if (header != null) {
                HeaderStage.begin(this, header);
            } else {
                admit();
            }
        } catch (TransportException gone) {
            close(CloseReason.CLIENT_RESET);
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    @Override
    void admit() {
        worker.captures().onAdmitted(this);
        if (listener().plan().isEmpty()) {
            proceed();
        } else {
            RelayFilters filters = new RelayFilters(this, listener().plan());
            chain(filters);
            filters.start();
        }
    }

    @Override
    void proceed() {
        if (client() instanceof TlsSide tls && tls.needsHandshake()) {
            AcceptedHandshake.STAGE.begin(this, tls);
        } else {
            dial();
        }
    }

    @Override
    void beginUpstreamHandshake(@Nullable Buffer header) {
        DialledHandshake.STAGE.begin(this, header);
    }

    @Override
    void onHandshaken() {
        state(RelayState.FILTERING);
        RelayFilters all = filters();
        if (all == null) {
            dial();
        } else {
            all.goOn();
        }
    }

    @Override
    void onConnected() {
        worker.captures().onConnected(this);
    }

    @Override
    Records captured(Side side, Records established) {
        return worker.captures().around(side, established);
    }

    @Override
    void onPassedThrough(Buffer first) {
        worker.captures().onPassedThrough(this, first);
    }

    @Override
    void tarpit() {
        if (worker.draining()) {
            close(CloseReason.FILTER_TARPITTED);
            return;
        }
        state(RelayState.TARPIT);
        client().updateInterest();
        deadlineAt(now() + settings().tarpitNanos());
    }

    @Override
    void refuse(CloseReason reason) {
        if (closed()) {
            return;
        }
        startEnding(RelayState.LINGERING, reason);
        cancelDial();
        upstream().release();
        upstream().abortConnect();
        abandonFilters(client());
        abandonFilters(upstream());
        client().discardHeld();
        client().updateInterest();
        client().finishIfDrained();
    }

    /** The filter chain, which only this class creates; null = none. */
    private @Nullable RelayFilters filters() {
        return (RelayFilters) chain();
    }

    @Override
    void onOpen(@Nullable Buffer header) {
        counters.proxied();
        if (worker.journal().wants(AccessEvent.START)) {
            worker.journal().record(entry(AccessEvent.START, null));
        }
        deadlineNoLaterThan(now() + settings().idleNanos());
        if (settings().lifetimeNanos() > 0) {
            deadlineNoLaterThan(RelayDeadlines.lifetime(settings(), id, accepted()));
        }
        RelayFilters all = filters();
        if (all != null) {
            deadlineNoLaterThan(all.deadline());
            if (client().gated()) {
                deadlineNoLaterThan(gateRetryAt(client()));
            }
        }
        if (header != null) {
            HeaderOutput.send(this, header);
        } else if (all != null) {
            upstream().startSending();
        }
        if (state() == RelayState.OPEN) {
            client().updateInterest();
            upstream().updateInterest();
        }
    }

    @Override
    void pump(Side from) {
        if (!from.hasPlace()) {
            return;
        }
        if (filters(from) != null) {
            FilterPump.run(this, from, true);
        } else if (state() == RelayState.LINGERING) {
            DiscardPump.run(this, from);
        } else if (from.muted()) {
            DiscardPump.runMuted(this, from);
        } else if (state() == RelayState.HEADER) {
            HeaderStage.read(this);
        } else if (state() == RelayState.HANDSHAKE) {
            AcceptedHandshake.STAGE.run(this);
        } else if (state() == RelayState.UPSTREAM_HANDSHAKE) {
            DialledHandshake.STAGE.run(this);
        } else if (!SplicePump.isWorthIt(from.pace()) || state() != RelayState.OPEN
                || !SplicePump.run(this, from)) {
            CopyPump.run(this, from);
        }
    }

    @Override
    void runFilters(Side from) {
        FilterPump.run(this, from, false);
    }

    @Override
    boolean sendLastBytes(Side to) {
        return LastBytes.send(to);
    }

    @Override
    void onMemoryAvailable(Side side) {
        if (state() == RelayState.CONNECTING && upstream().hasSocket()) {
            // The connect has ended, and a PROXY header had no place to be built in.
            onConnectReady();
            return;
        }
        side.updateInterest();
        if (state() == RelayState.LINGERING) {
            // Last bytes of a filter may have waited for memory.
            side.finishIfDrained();
        } else {
            side.onMemory();
        }
        if (side.hasSocket() && side.wantsRead()) {
            pump(side);
        } else {
            runFilters(side);
        }
    }

    @Override
    void onFiltered(Side from, boolean alive) {
        RelayFilters all = filters();
        if (all != null) {
            all.onRun(from, alive);
        }
    }

    @Override
    void countBytes(Side from, int count) {
        counters.bytes(directionOf(from), count);
    }

    @Override
    void countTls(Side side, boolean engine, int change) {
        EndpointState endpoint = currentEndpoint();
        if (side.isClient()) {
            counters.tls(engine, change);
        } else if (endpoint != null) {
            endpoint.cluster().counters().get(loop().index()).tls(engine, change);
        }
    }

    /** Finds out what is due: the timer was armed for the earliest deadline of all. */
    @Override
    protected void onExpiry(long now) {
        RelayFilters all = filters();
        if (all != null) {
            all.expire(now);
        }
        switch (state()) {
            case HEADER -> HeaderStage.expire(this);
            case HANDSHAKE -> AcceptedHandshake.expire(this, now);
            case FILTERING -> {
                long next = expireFilters(client(), now);
                if (state() == RelayState.FILTERING) {
                    deadlineAt(next);
                }
            }
            case TARPIT, LINGERING -> {
                // A filter's timeout may have led here just now, and armed the timer for the end.
                if (!armed()) {
                    close(state() == RelayState.TARPIT ? CloseReason.FILTER_TARPITTED : endReason());
                }
            }
            case CONNECTING, UPSTREAM_HANDSHAKE -> onConnectingExpiry(now);
            case OPEN -> OpenExpiry.run(this, now);
            case RESETTING -> {
                long filterDeadline = Math.min(expireFilters(client(), now), expireFilters(upstream(), now));
                if (state() == RelayState.RESETTING) {
                    onResettingExpiry(now, filterDeadline);
                }
            }
            case CLOSED -> {
            }
        }
    }

    @Override
    long expireFilters(Side from, long now) {
        RelayFilters all = filters();
        return all == null ? RelayDeadlines.NEVER : all.expire(from, now);
    }

    @Override
    void fail(Throwable failure) {
        try {
            LOG.error("Connection {} of listener {} failed. Please report this.", id, listener().name(), failure);
        } finally {
            close(CloseReason.INTERNAL_ERROR);
        }
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        fail(failure);
    }

    @Override
    void close(CloseReason cause, boolean cut) {
        if (closed()) {
            return;
        }
        CloseReason reason = leftSilently(cause) ? CloseReason.CLIENT_SILENT : cause;
        judgeEnd(reason);
        if (state() == RelayState.HEADER) {
            HeaderStage.abandon(this);
        } else if (state() == RelayState.HANDSHAKE) {
            AcceptedHandshake.abandon(this);
        }
        state(RelayState.CLOSED);
        RelayFilters all = filters();
        if (all != null) {
            all.close(reason);
        }
        loop().timers().disarm(this);
        worker.remove(this);
        if (connectNanos() < 0) {
            counters.failed();
        }
        worker.captures().onEnd(this, reason);
        // Filters have said what they had to say, and not every system knows the client's address after the end.
        AccessEntry entry = worker.journal().wantsEnd(reason) ? entry(AccessEvent.END, reason) : null;
        client().end(cut);
        upstream().end(cut);
        worker.self().ended(id);
        leaveEndpoint(reason);
        counters.closed(reason);
        if (entry != null) {
            worker.journal().record(entry);
        }
        listener().limit().release();
        worker.processLimit().release();
        listener().connections().closed(loop().index());
    }

    /** An entry of the journal about this moment. */
    AccessEntry entry(AccessEvent event, @Nullable CloseReason reason) {
        return RelayReport.entry(event, this, reason);
    }

    @Override
    long generation() {
        return listener().generation();
    }

    @Override
    ListenerCounters counters() {
        return counters;
    }

    @Override
    EventLoop loop() {
        return worker.loop();
    }

    @Override
    SelfConnections self() {
        return worker.self();
    }

    @Override
    DescriptorReserve reserve() {
        return worker.reserve();
    }

    @Override
    Events events() {
        return worker.journal().events();
    }

    @Override
    String uniqueId() {
        return worker.journal().uniqueId(id);
    }

    @Override
    RelaySettings settings() {
        return listener().settings();
    }

    @Override
    long id() {
        return id;
    }
}
