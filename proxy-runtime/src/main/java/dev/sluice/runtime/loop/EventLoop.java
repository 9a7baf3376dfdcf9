package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ReadyHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats: poll → I/O → mailbox → timers → waiters for memory.
 *
 * <p>{@link #execute}, {@link #start}, {@link #stop}, {@link #isInLoop} and methods marked so may be called from any
 * thread, everything else from the loop's own only.
 */
public final class EventLoop implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    /** The most tasks in one turn, so that other threads cannot keep the loop from its sockets. */
    private static final int TASKS_PER_TURN = 64;
    /** The most turns for which timers wait while the poller has more ready sockets than one batch. */
    private static final int TIMERS_HELD_TURNS = 32;
    private static final long TRIM_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final Poller poller;
    private final LoopMemory memory;
    private final LoopCounters counters;
    private final StallCounters stalls;
    private final int index;
    private final Thread thread;
    private final Runnable onDeath;
    private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    /** Tasks for the next turn, added by the loop itself. */
    private final ArrayDeque<Runnable> nextTurn = new ArrayDeque<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Turn turn = new Turn();
    private final TimerWheel timers;
    private final PipePool pipes;
    private @Nullable Watchdog watchdog;
    private volatile boolean stopping;
    private long now = System.nanoTime();
    private int timersHeld;
    /** Whether a callback has run since the last trim. */
    private boolean active;
    /** Whether unused memory is to be given back at {@link #trimAt}. */
    private boolean trimDue;
    private long trimAt;

    /**
     * A loop that does not turn yet. Ends with {@link #stop}, which also closes the poller.
     *
     * @param index the loop's number, from 0
     * @param name of the thread
     * @param onDeath run on the dying thread if the loop ends by a defect or because memory ran out
     */
    public EventLoop(int index, String name, Poller poller, LoopMemory memory, Runnable onDeath) {
        this.onDeath = onDeath;
        this.poller = poller;
        this.memory = memory;
        this.index = index;
        this.timers = new TimerWheel(now);
        this.stalls = new StallCounters(now);
        this.counters = new LoopCounters(now);
        this.pipes = new PipePool(poller::openPipe, memory.pipeBytes());
        this.thread = new Thread(this::run, name);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Lets the current turn end, closes the poller with all its sockets, and waits for the thread. Not from a loop's own thread. An
     * interrupt meanwhile is kept for the caller.
     *
     * @return {@code false} if a callback did not come back in time; the thread and its sockets are left behind then
     */
    public boolean stop() {
        stopping = true;
        poller.wakeup();
        if (thread.getState() == Thread.State.NEW) {
            // Never started: nothing turns, but the poller is open.
            thread.start();
        }
        boolean ended = Threads.join(thread, STOP_PATIENCE);
        if (!ended) {
            LOG.error("Event loop {} is stuck in a callback and is left behind. It is here:{}", thread.getName(),
                    Threads.stack(thread));
        }
        return ended;
    }

    /** Whether the caller is on this loop's thread. */
    public boolean isInLoop() {
        return Thread.currentThread() == thread;
    }

    /** The monotonic clock as it was read in this turn, in nanoseconds. */
    public long now() {
        return now;
    }

    public Poller poller() {
        return poller;
    }

    public LoopMemory memory() {
        return memory;
    }

    public TimerWheel timers() {
        return timers;
    }

    /** The kernel pipes of this loop. */
    public PipePool pipes() {
        return pipes;
    }

    /** The loop's number, from 0. Any thread. */
    public int index() {
        return index;
    }

    /** The counters of this loop; any thread may read them. */
    public LoopCounters counters() {
        return counters;
    }

    /** The findings of a {@link Watchdog} about this loop; any thread may read them. */
    public StallCounters stalls() {
        return stalls;
    }

    Thread thread() {
        return thread;
    }

    /** Sets the watchdog. To be called before {@link #start}. */
    void watchedBy(Watchdog guard) {
        watchdog = guard;
    }

    /** Runs a task on the loop, in one of its next turns. Tasks that arrive after {@link #stop} are dropped. */
    @Override
    public void execute(Runnable task) {
        mailbox.add(task);
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            poller.wakeup();
        }
    }

    /**
     * Runs a task in the next turn, after the sockets that are ready then. For work in parts, which would be done in one turn if each part
     * were a task that follows at once. On the loop.
     */
    public void executeNextTurn(Runnable task) {
        nextTurn.add(task);
    }

    private void run() {
        try {
            now = System.nanoTime();
            while (!stopping) {
                turn();
            }
        } catch (Throwable fatal) {
            try {
                LOG.error("Event loop {} has died and its connections with it. Please report this.", thread.getName(),
                        fatal);
            } finally {
                // Even if logging fails: a server without one of its loops must not seem to serve.
                onDeath.run();
            }
        } finally {
            pipes.close();
            poller.close();
        }
    }

    private void turn() {
        turn.awake = false;
        long before = now;
        int ready = poller.poll(sleepNanos(), turn);
        turn.awake();
        asleep.setRelease(false);
        runMailbox();
        boolean moreSockets = ready >= poller.batchLimit();
        if (!moreSockets || ++timersHeld > TIMERS_HELD_TURNS) {
            timersHeld = 0;
            // Timers run by the clock before the poll: everything that arrived until then has been seen. Time that
            // passed since, in the poll or while the process was stopped, counts in the next turn, after another look
            // at the sockets.
            active |= timers.advance(before);
        }
        try {
            memory.serveWaiters();
        } catch (Throwable failure) {
            LOG.error("A connection that waited for memory failed. Please report this.", failure);
        }
        trim();
        counters.turnEnded(System.nanoTime());
    }

    /**
     * Gives unused memory back, once a second while there are callbacks, and once more after the last of them: memory
     * that no callback used between two trims is unused. After that nothing changes until the next callback, and the
     * loop may sleep.
     */
    private void trim() {
        if (!trimDue) {
            trimDue = active;
            trimAt = now + TRIM_NANOS;
        } else if (now - trimAt >= 0) {
            // Waiters for memory that the system refused are tried again with each trim.
            trimDue = active || memory.counters().waiting() > 0;
            trimAt = now + TRIM_NANOS;
            active = false;
            try {
                memory.trim();
                pipes.trim();
            } catch (Throwable failure) {
                LOG.error("Trimming the memory of event loop {} failed. Please report this.", thread.getName(),
                        failure);
            }
        }
    }

    /** The time for which there is nothing to do unless a socket becomes ready; negative = no end. */
    private long sleepNanos() {
        // A thread that adds a task after this store sees that the loop sleeps, and wakes it; a task added before is
        // seen here.
        asleep.set(true);
        if (!mailbox.isEmpty() || !nextTurn.isEmpty() || memory.canServeWaiters() || timersHeld > 0) {
            return 0;
        }
        long toTimer = timers.nanosToNext(now);
        if (!trimDue) {
            return toTimer;
        }
        long toTrim = Math.max(0, trimAt - now);
        return toTimer < 0 ? toTrim : Math.min(toTimer, toTrim);
    }

    private void runMailbox() {
        for (int i = nextTurn.size(); i > 0; i--) {
            run(nextTurn.remove());
        }
        for (int i = 0; i < TASKS_PER_TURN; i++) {
            Runnable task = mailbox.poll();
            if (task == null) {
                return;
            }
            run(task);
        }
    }

    private void run(Runnable task) {
        counters.heartbeat();
        active = true;
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.error("A task of event loop {} failed. Please report this.", thread.getName(), failure);
        }
    }

    private void report(ReadyHandler handler, Throwable failure) {
        try {
            handler.onFailure(failure);
        } catch (Throwable again) {
            LOG.error("A connection of event loop {} failed, and failed to be given up. Please report this.",
                    thread.getName(), again);
        }
    }

    /** The poller's view of a turn. */
    private final class Turn implements Poller.Dispatcher {
        private boolean awake;

        @Override
        public void awake() {
            if (!awake) {
                awake = true;
                now = System.nanoTime();
                counters.turnStarted(now);
                Watchdog watching = watchdog;
                if (watching != null) {
                    watching.turnStarted();
                }
            }
        }

        @Override
        public void dispatch(ReadyHandler handler, boolean readable, boolean writable) {
            counters.heartbeat();
            active = true;
            try {
                handler.onReady(readable, writable);
            } catch (Throwable failure) {
                report(handler, failure);
            }
        }

        @Override
        public void hangUp(ReadyHandler handler, int how) {
            counters.heartbeat();
            active = true;
            try {
                handler.onHangUp(how);
            } catch (Throwable failure) {
                report(handler, failure);
            }
        }
    }
}
