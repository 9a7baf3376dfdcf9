package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that samples the event loops twenty times a second: it logs a loop that does not come back from a callback,
 * with its stack, and estimates the busy share of each. One thread for a server.
 *
 * <p>While no loop turns it sleeps, and the first one that has something to do wakes it:
 *
 * <pre>
 *   WATCHING -- no loop has turned for two samples --> DOZING -- none for another sample --> asleep
 *       ^                                                 |                                     |
 *       +------------ a loop has turned ------------------+------- a loop begins a turn --------+
 * </pre>
 *
 * <p>A loop asks at the beginning of each turn whether the watchdog dozes, which is a read of a field that hardly ever changes. There is no
 * fence between the loop's counters and that read, so a loop may begin a turn without seeing that the watchdog has just begun to doze; the
 * sample in between is there for that: by then the counters of that turn are long visible.
 */
public final class Watchdog {
    /** The duration beyond which a callback is a stall. It is logged within twice this time. */
    public static final Duration THRESHOLD = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int IDLE_SAMPLES = 2;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final List<EventLoop> loops;
    private final List<StallDetector> detectors;
    private final LoopObserver observer;
    private final Thread thread;
    private volatile boolean dozing;
    private volatile boolean closed;

    /**
     * A watchdog that does not watch yet; to be made before the loops are started.
     *
     * @param name of the thread
     */
    public Watchdog(String name, List<EventLoop> loops, LoopObserver observer) {
        this.loops = List.copyOf(loops);
        this.observer = observer;
        List<StallDetector> each = new ArrayList<>();
        for (EventLoop loop : loops) {
            each.add(new StallDetector(loop.counters(), loop.stalls()));
        }
        this.detectors = List.copyOf(each);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        for (EventLoop loop : loops) {
            loop.watchedBy(this);
        }
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Wakes the watchdog if it dozes, when a loop begins a turn. On the loop's thread, after its counters were updated.
     */
    void turnStarted() {
        if (dozing) {
            dozing = false;
            LockSupport.unpark(thread);
        }
    }

    /** Whether this thread sleeps until a loop wakes it, or is about to. Any thread. */
    boolean dozing() {
        return dozing;
    }

    Thread thread() {
        return thread;
    }

    private void run() {
        int idleSamples = 0;
        while (!closed) {
            pause();
            idleSamples = allIdle() ? idleSamples + 1 : 0;
            sampleAll(System.nanoTime());
            if (idleSamples >= IDLE_SAMPLES) {
                doze();
                idleSamples = 0;
            }
        }
    }

    private void pause() {
        LockSupport.parkNanos(this, SAMPLE_NANOS);
        // Interrupts mean nothing here, and one left pending would end every pause at once.
        Thread.interrupted();
    }

    private void doze() {
        dozing = true;
        pause();
        while (dozing && !closed && allIdle()) {
            LockSupport.park(this);
            Thread.interrupted();
        }
        dozing = false;
        long now = System.nanoTime();
        detectors.forEach(detector -> detector.resume(now));
    }

    private boolean allIdle() {
        for (StallDetector detector : detectors) {
            if (!detector.idle()) {
                return false;
            }
        }
        return true;
    }

    private void sampleAll(long now) {
        for (int i = 0; i < detectors.size(); i++) {
            if (detectors.get(i).sample(now)) {
                report(loops.get(i), detectors.get(i).nanosSinceHeartbeat(now), now);
            }
        }
        observer.onSample(now);
    }

    private void report(EventLoop loop, long nanos, long now) {
        Stall stall = new Stall(loop.thread());
        CallbackOwner owner = loop.counters().owner();
        LOG.warn("Event loop {} has been in one callback{} for {} ms; its connections wait meanwhile.",
                loop.thread().getName(), owner == null ? "" : " (" + owner.describe() + ")",
                TimeUnit.NANOSECONDS.toMillis(nanos), stall);
        observer.onStall(loop, owner, nanos, stall.getStackTrace());
        if (owner != null) {
            owner.onStall(now);
        }
    }

    /** A carrier of the loop's stack, so that the log prints it like that of an exception. */
    private static final class Stall extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stall(Thread stuck) {
            super("the event loop is here", null, false, true);
            setStackTrace(stuck.getStackTrace());
        }
    }

    /** Ends the thread, and waits for its end. */
    public void stop() {
        closed = true;
        LockSupport.unpark(thread);
        if (!Threads.join(thread, STOP_PATIENCE)) {
            LOG.error("The watchdog does not end. It is here:{}", Threads.stack(thread));
        }
    }
}
