package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acceptor of one listener's connections, which hands each to the worker with the fewest. Lives on one event loop;
 * {@link #state} may be read by any thread.
 *
 * <pre>
 *            at a limit                      room again
 *   OPEN ───────────────▶ PAUSED_LIMIT ───────────────────▶ OPEN
 *   OPEN ───────────────▶ PAUSED_RESOURCES ───────────────▶ OPEN
 *        no descriptor                       reserve refilled, checked every 50 ms
 *   any ────▶ CLOSED
 * </pre>
 */
public final class Acceptor extends Timer implements ReadyHandler {
    /** States of an acceptor. */
    public enum State {
        OPEN("open"),
        PAUSED_LIMIT("paused-limit"),
        PAUSED_RESOURCES("paused-resources"),
        CLOSED("closed");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** The name in admin responses. */
        public String label() {
            return label;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    /** The most accepts in one turn, so that a storm of connects cannot keep the loop from its relays. */
    private static final int ACCEPTS_PER_TURN = 64;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /**
     * The most accepts while closing: more than any backlog holds (the system's bound, net.core.somaxconn, is 4096 by
     * default).
     */
    private static final int LAST_ACCEPTS = 65_536;
    /** Failed accepts in a row after which the cause is taken to be lasting. */
    private static final int LASTING_FAILURES = 8;

    private final EventLoop loop;
    private final int loopIndex;
    private final ServerSocket socket;
    private final ListenerGeneration generation;
    private final ConnectionLimit processLimit;
    private final List<Worker> workers;
    private final DescriptorReserve reserve;
    private final AtomicLong ids;
    private final LogThrottle failureReports = new LogThrottle(Duration.ofSeconds(10));
    private final LogThrottle limitReports = new LogThrottle(Duration.ofMinutes(1));
    private volatile State state = State.OPEN;
    private int failuresInARow;

    /**
     * @param processLimit over all listeners
     * @param ids of the server's connections
     */
    public Acceptor(EventLoop loop, ServerSocket socket, ListenerGeneration generation,
            ConnectionLimit processLimit, List<Worker> workers,
            DescriptorReserve reserve, AtomicLong ids) {
        this.loop = loop;
        this.loopIndex = loop.index();
        this.socket = socket;
        this.generation = generation;
        this.processLimit = processLimit;
        this.workers = workers;
        this.reserve = reserve;
        this.ids = ids;
    }

    /** Starts to accept. On the loop. */
    public void start() throws TransportException {
        loop.poller().register(socket, this);
    }

    public EventLoop loop() {
        return loop;
    }

    public ServerSocket socket() {
        return socket;
    }

    /** The rules for the connections that it accepts. */
    public ListenerGeneration generation() {
        return generation;
    }

    /** The current state; any thread. */
    public State state() {
        return state;
    }

    /** The listener for admin responses and metrics; any thread. */
    public ListenerView view() {
        Set<String> clusters = new LinkedHashSet<>();
        for (Route route : generation.routes().list()) {
            clusters.add(route.cluster().name());
        }
        return new ListenerView(generation.name(), socket.address(), List.copyOf(clusters), generation.limit().max(),
                state.label(), ListenerTotals.sum(generation.counters()));
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        for (int i = 0; i < ACCEPTS_PER_TURN && state == State.OPEN; i++) {
            if (!acceptOne()) {
                return;
            }
        }
    }

    /** Accepts a connection. @return whether another one may be waiting */
    private boolean acceptOne() {
        if (reserve.exhausted()) {
            pauseForResources();
            return false;
        }
        ConnectionLimit full = admit();
        if (full != null) {
            pauseAtLimit(full);
            return false;
        }
        StreamSocket client = null;
        try {
            client = socket.accept();
            failuresInARow = 0;
        } catch (TransportException failure) {
            onAcceptFailure(failure);
        }
        if (client == null) {
            generation.limit().release();
            processLimit.release();
            return false;
        }
        Worker.assign(workers).adopt(generation, ids.incrementAndGet(), client);
        return true;
    }

    /** Reserves a place in both limits. @return the limit that is full; {@code null} when the place was reserved */
    private @Nullable ConnectionLimit admit() {
        if (!processLimit.tryAcquire()) {
            return processLimit;
        }
        if (!generation.limit().tryAcquire()) {
            processLimit.release();
            return generation.limit();
        }
        return null;
    }

    private void onAcceptFailure(TransportException failure) {
        generation.counters().get(loopIndex).acceptError();
        if (failure.kind() == TransportException.Kind.DESCRIPTORS) {
            reserve.exhaust();
            pauseForResources();
        } else if (++failuresInARow % LASTING_FAILURES == 0) {
            long leftOut = failureReports.admit(loop.now());
            if (leftOut != LogThrottle.NOT_NOW) {
                LOG.warn("Listener {}: accept failed {} times in a row, the last time with \"{}\"; trying again in 50"
                        + " ms{}.", generation.name(), failuresInARow, failure.getMessage(),
                        LogThrottle.leftOut(leftOut));
            }
            pauseForResources();
        }
    }

    private void pauseForResources() {
        pause(State.PAUSED_RESOURCES);
        loop.timers().arm(this, loop.now() + RETRY_NANOS);
    }

    private void pauseAtLimit(ConnectionLimit full) {
        pause(State.PAUSED_LIMIT);
        long leftOut = limitReports.admit(loop.now());
        if (leftOut != LogThrottle.NOT_NOW) {
            workers.getFirst().journal().events().add(Event.Kind.LIMIT, "listener " + generation.name(),
                    full.owner() + " is at its maximum of " + full.max() + ": clients wait in the backlog"
                            + LogThrottle.leftOut(leftOut));
        }
        full.whenRoom(() -> loop.execute(this::resumeAfterLimit));
    }

    private void resumeAfterLimit() {
        if (state == State.PAUSED_LIMIT) {
            resume();
        }
    }

    private void pause(State reason) {
        state = reason;
        socket.interest(false);
    }

    private void resume() {
        state = State.OPEN;
        socket.interest(true);
    }

    @Override
    protected void onExpiry(long now) {
        if (state != State.PAUSED_RESOURCES) {
            return;
        }
        if (reserve.recover()) {
            resume();
        } else {
            loop.timers().arm(this, now + RETRY_NANOS);
        }
    }

    /**
     * Accepts the connections that are complete in the backlog, as far as the limits allow, and stops listening. On the
     * loop.
     */
    public void close() {
        // While this empties the queue more may arrive, but not for ever.
        int most = LAST_ACCEPTS;
        while (most > 0 && state == State.OPEN && acceptOne()) {
            most--;
        }
        loop.timers().disarm(this);
        state = State.CLOSED;
        socket.close();
    }

    @Override
    public void onFailure(Throwable failure) {
        LOG.error("Listener {}: accepting a connection failed. Please report this.", generation.name(), failure);
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        onFailure(failure);
    }
}
