package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.ServerState;

/**
 * The end of what a server serves: a drain, which waits for connections, and the cut of those that have not ended; with
 * the counts of both. Any thread but an event loop's.
 */
final class Ending {
    /** The time for all event loops together to give up sockets and connections. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);
    /** The time after the begin of a drain within which the ports are free. */
    private static final long PORTS_FREE_NANOS = Duration.ofSeconds(1).toNanos();

    private final CurrentState state;
    private final ReentrantLock transition;
    private final CountDownLatch closing;
    private final Listeners listeners;
    private final EventLoops loops;
    private final ConnectionLimit processLimit;
    private final Events events;
    private final AtomicInteger wasOpen = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    /**
     * @param transition held while the server begins to drain
     * @param closing open until the server is closed, which ends the delay of a drain
     */
    Ending(CurrentState state, ReentrantLock transition, CountDownLatch closing, Listeners listeners, EventLoops loops,
            ConnectionLimit processLimit, Events events) {
        this.state = state;
        this.transition = transition;
        this.closing = closing;
        this.listeners = listeners;
        this.loops = loops;
        this.processLimit = processLimit;
        this.events = events;
    }

    /**
     * Marks the server as draining.
     *
     * @return whether this caller has to drain it; false for all but the first, and for a server that is not ready
     */
    boolean begin() {
        boolean first;
        transition.lock();
        try {
            first = state.advance(ServerState.DRAINING);
        } finally {
            transition.unlock();
        }
        if (first) {
            event("began; open connections: " + processLimit.active());
        }
        return first;
    }

    private void event(String text) {
        events.add(Event.Kind.DRAIN, "the server", text);
    }

    /**
     * Stops accepting and waits for connections to end; those still open at the deadline, or at an interrupt, are
     * reset. Does nothing on a server that is closed.
     *
     * @param delay the time for which it still accepts, although it says that it is draining
     * @param timeout from then on
     */
    void drain(Duration delay, Duration timeout) {
        begin();
        if (isClosedWithin(delay) || state.get() != ServerState.DRAINING) {
            return;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        countOpen();
        loops.drain(LOOP_PATIENCE);
        // Not later, even if clients wait for room: the next process wants the ports.
        listeners.finishAll(Math.min(deadline, System.nanoTime() + PORTS_FREE_NANOS));
        loops.passBarrier(LOOP_PATIENCE);
        countOpen();
        if (!isIdleBy(deadline)) {
            cut.addAndGet(loops.closeRelays(CloseReason.DRAIN_DEADLINE, LOOP_PATIENCE));
        }
        event("ended; connections cut: " + cut.get());
    }

    private void countOpen() {
        wasOpen.accumulateAndGet(processLimit.active(), Math::max);
    }

    private boolean isClosedWithin(Duration delay) {
        try {
            return closing.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // An interrupt ends the drain.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isIdleBy(long deadline) {
        try {
            return processLimit.awaitIdle(deadline - System.nanoTime());
        } catch (InterruptedException e) {
            // An interrupt ends the drain.
            Thread.currentThread().interrupt();
            return processLimit.active() == 0;
        }
    }

    /** Stops accepting at once and resets open connections. */
    void cutAll() {
        listeners.closeAll(LOOP_PATIENCE);
        countOpen();
        cut.addAndGet(loops.closeRelays(CloseReason.OPERATOR, LOOP_PATIENCE));
    }

    /** Connections that were open when the first drain or the close began. */
    int openAtEnd() {
        return wasOpen.get();
    }

    /** Connections that drains and the close have cut. */
    int cut() {
        return cut.get();
    }
}
