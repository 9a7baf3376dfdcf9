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
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acceptor of one listening socket, which hands each connection to the worker with the fewest. Lives on one event
 * loop; {@link #state}, {@link #serving} and {@link #serve} are for any thread.
 *
 * <pre>
 *            open             at a limit                      room again
 *   PAUSED ────────▶ OPEN ───────────────▶ PAUSED_LIMIT ───────────────────▶ OPEN
 *                    OPEN ───────────────▶ PAUSED_RESOURCES ───────────────▶ OPEN
 *                         no descriptor                       reserve refilled, checked every 50 ms
 *   OPEN, PAUSED_… ──▶ FINISHING ──▶ CLOSED      the listener was removed, or the server drains: takes the backlog
 *   any ────▶ CLOSED
 * </pre>
 */
public final class Acceptor extends Timer implements ReadyHandler {
    /** States of an acceptor. */
    public enum State {
        PAUSED("paused"),
        OPEN("open"),
        PAUSED_LIMIT("paused-limit"),
        PAUSED_RESOURCES("paused-resources"),
        FINISHING("finishing"),
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
    /**
     * The time after which a turn accepts no more: what an accept leads to in the turns that follow costs several times
     * as much, and a relay that becomes readable waits for all of it.
     */
    private static final long NANOS_PER_TURN = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /**
     * The time for which the backlog stays empty before the socket is closed: clients whose handshake is under way need
     * a round trip.
     */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** The most accepts after the deadline of {@link #finish}: more than any backlog holds. */
    private static final int LAST_ACCEPTS = 65_536;
    /** Failed accepts in a row after which the cause is taken to be lasting. */
    private static final int LASTING_FAILURES = 8;

    private final EventLoop loop;
    private final int loopIndex;
    private final ServerSocket socket;
    private final ConnectionLimit processLimit;
    private final List<Worker> workers;
    private final DescriptorReserve reserve;
    private final AtomicLong ids;
    private final LogThrottle failureReports = new LogThrottle(Duration.ofSeconds(10));
    private final LogThrottle limitReports = new LogThrottle(Duration.ofMinutes(1));
    private volatile Serving serving;
    private volatile State state = State.PAUSED;
    private int failuresInARow;
    /** In FINISHING: the time at which the socket is closed, whatever waits. */
    private long finishBy;
    private long emptySince;
    private int acceptsAfterDeadline;
    private @Nullable Runnable whenFinished;

    /**
     * @param serving the configuration of its first connections
     * @param processLimit over all listeners
     * @param ids of the server's connections
     */
    public Acceptor(EventLoop loop, ServerSocket socket, Serving serving, ConnectionLimit processLimit,
            List<Worker> workers, DescriptorReserve reserve, AtomicLong ids) {
        this.loop = loop;
        this.loopIndex = loop.index();
        this.socket = socket;
        this.serving = serving;
        this.processLimit = processLimit;
        this.workers = workers;
        this.reserve = reserve;
        this.ids = ids;
    }

    /**
     * Reserves a place with the poller, without accepting yet; everything that can fail about a new listener has
     * happened then. On the loop.
     */
    public void prepare() throws TransportException {
        loop.poller().register(socket, this);
    }

    /** Starts to accept. On the loop, after {@link #prepare}. */
    public void open() {
        if (state == State.PAUSED) {
            resume();
        }
    }

    public EventLoop loop() {
        return loop;
    }

    public ServerSocket socket() {
        return socket;
    }

    /** The configuration of the connections that it accepts now. */
    public Serving serving() {
        return serving;
    }

    /** Changes the configuration of the connections that it accepts from now on. Any thread. */
    public void serve(Serving next) {
        serving = next;
        // It may have been waiting for room in the limit of another name.
        loop.execute(this::resumeAfterLimit);
    }

    /** Changes the options of connections that arrive from now on, and the backlog. On the loop. */
    public void configure(ListenOptions options) throws TransportException {
        socket.configure(options);
    }

    /** The current state; any thread. */
    public State state() {
        return state;
    }

    /** The listener for admin responses and metrics; any thread. */
    public ListenerView view() {
        Serving now = serving;
        Set<String> clusters = new LinkedHashSet<>();
        for (Route route : now.routes().list()) {
            clusters.add(route.cluster().name());
        }
        ListenerGeneration listener = now.listener();
        TlsRules tls = listener.settings().tls();
        return new ListenerView(listener.name(), socket.address(), List.copyOf(clusters), listener.limit().max(),
                state.label(), listener.settings().header() != null, ListenerTotals.sum(listener.counters()),
                TlsRules.certificates(listener.settings()), tls == null ? null : tls.engine(),
                tls == null ? null : tls.engineDetail(), List.of());
    }

    @Override
    public void onReady(boolean readable, boolean writable) {
        acceptBatch(State.OPEN);
    }

    /** Accepts the connections of one turn. @return whether the backlog was empty at the end */
    private boolean acceptBatch(State during) {
        long from = System.nanoTime();
        for (int i = 0; i < ACCEPTS_PER_TURN && state == during; i++) {
            if (!acceptOne()) {
                return state == during;
            }
            if (System.nanoTime() - from >= NANOS_PER_TURN) {
                return false;
            }
        }
        return false;
    }

    /** Accepts a connection. @return whether another one may be waiting */
    private boolean acceptOne() {
        Serving now = serving;
        if (reserve.exhausted()) {
            pauseForResources();
            return false;
        }
        ConnectionLimit full = admit(now.listener());
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
            now.listener().limit().release();
            processLimit.release();
            return false;
        }
        Worker.assign(workers).adopt(now, ids.incrementAndGet(), client);
        return true;
    }

    /** Reserves a place in both limits. @return the limit that is full; {@code null} when the place was reserved */
    private @Nullable ConnectionLimit admit(ListenerGeneration listener) {
        if (!processLimit.tryAcquire()) {
            return processLimit;
        }
        if (!listener.limit().tryAcquire()) {
            processLimit.release();
            return listener.limit();
        }
        return null;
    }

    private void onAcceptFailure(TransportException failure) {
        ListenerGeneration listener = serving.listener();
        listener.counters().get(loopIndex).acceptError();
        if (failure.kind() == TransportException.Kind.DESCRIPTORS) {
            reserve.exhaust();
            pauseForResources();
        } else if (++failuresInARow % LASTING_FAILURES == 0) {
            long leftOut = failureReports.admit(loop.now());
            if (leftOut != LogThrottle.NOT_NOW) {
                LOG.warn("Listener {}: accept failed {} times in a row, the last time with \"{}\"; trying again in 50"
                        + " ms{}.", listener.name(), failuresInARow, failure.getMessage(),
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
            workers.getFirst().journal().events().add(Event.Kind.LIMIT, "listener " + serving.listener().name(),
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
        if (whenFinished == null) {
            state = State.OPEN;
            socket.interest(true);
        } else {
            state = State.FINISHING;
            finishSome();
        }
    }

    @Override
    protected void onExpiry(long now) {
        if (state == State.FINISHING) {
            finishSome();
        } else if (whenFinished != null && now - finishBy >= 0) {
            close();
        } else if (state == State.PAUSED_RESOURCES) {
            if (reserve.recover()) {
                resume();
            } else {
                loop.timers().arm(this, now + RETRY_NANOS);
            }
        } else if (whenFinished != null) {
            loop.timers().arm(this, finishBy);
        }
    }

    /**
     * Accepts the connections that are complete in the backlog, a few in each turn and as far as the limits allow, then
     * stops listening. Where the transport can, no new ones are let into the backlog meanwhile: their clients try again,
     * and meet the socket that listens there then. On the loop.
     *
     * <p>A socket that was passed in keeps its backlog: the next acceptor serves those clients.
     *
     * @param deadline the time at which it stops listening even if clients still wait for room
     * @param done run after that, on the loop; at once if it does not listen any more
     */
    public void finish(long deadline, Runnable done) {
        if (state == State.CLOSED || state == State.PAUSED || socket.isPassedIn()) {
            close();
            done.run();
            return;
        }
        whenFinished = done;
        finishBy = deadline;
        emptySince = loop.now();
        boolean alone = socket.refuseHandshakes();
        if (!alone) {
            // Whatever comes after the last accept is reset by the kernel; waiting would not change that.
            emptySince -= QUIET_NANOS;
        }
        socket.interest(false);
        if (state == State.OPEN) {
            state = State.FINISHING;
            finishSome();
        } else {
            loop.timers().arm(this, Math.min(finishBy, loop.now() + RETRY_NANOS));
        }
    }

    private void finishSome() {
        long now = loop.now();
        boolean empty = acceptBatch(State.FINISHING);
        if (state != State.FINISHING) {
            // Paused, for room or for descriptors; the timer ends the wait.
            if (now - finishBy >= 0) {
                close();
            } else {
                loop.timers().arm(this, Math.min(finishBy, now + RETRY_NANOS));
            }
        } else if (!empty && (now - finishBy < 0 || (acceptsAfterDeadline += ACCEPTS_PER_TURN) < LAST_ACCEPTS)) {
            emptySince = now;
            loop.executeNextTurn(this::continueFinishing);
        } else if (!empty || now - emptySince >= QUIET_NANOS || now - finishBy >= 0) {
            close();
        } else {
            loop.timers().arm(this, Math.min(finishBy, emptySince + QUIET_NANOS));
        }
    }

    private void continueFinishing() {
        if (state == State.FINISHING) {
            finishSome();
        }
    }

    /** Stops listening at once; connections in the backlog are reset by the kernel, unless the socket was passed in. On the loop. */
    public void close() {
        loop.timers().disarm(this);
        if (whenFinished != null && state == State.PAUSED_LIMIT) {
            LOG.warn("Listener {}: {} was closed while the listener was at its maximum; clients that waited in the"
                    + " backlog, if there were any, are reset.", serving.listener().name(),
                    AddressText.of(socket.address()));
        }
        state = State.CLOSED;
        socket.close();
        Runnable done = whenFinished;
        whenFinished = null;
        if (done != null) {
            done.run();
        }
    }

    @Override
    public void onFailure(Throwable failure) {
        LOG.error("Listener {}: accepting a connection failed. Please report this.", serving.listener().name(),
                failure);
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        onFailure(failure);
    }
}
