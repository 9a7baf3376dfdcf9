package dev.sluice.runtime.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.EpollTransport;
import dev.sluice.runtime.transport.epoll.NotifySocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of one server to its service manager.
 *
 * <pre>
 *             ready            reloading
 *   STARTING ───────▶ SERVING ───────────▶ RELOADING      READY=1 at each way to SERVING
 *                        ▲                     │
 *                        └─────────────────────┘
 *                              reloaded
 *   any ──▶ STOPPING      STOPPING=1, then EXTEND_TIMEOUT_USEC as long as it drains
 * </pre>
 *
 * <p>The thread sleeps until something is due: with a watchdog twice within its time, every five seconds while the server drains, and
 * otherwise never. For the watchdog it asks the event loops: {@code WATCHDOG=1} says that each of them has come back to its mailbox since
 * the last one, not that a timer runs. Any thread but an event loop's.
 */
public final class ServiceReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceReports.class);
    /** The time between two reports of a server that drains. */
    private static final Duration DRAIN_INTERVAL = Duration.ofSeconds(5);
    /** The time by which each of them extends the manager's patience: two that are lost are one too many. */
    private static final Duration EXTENSION = Duration.ofSeconds(15);
    /** The time to close what a drain has left. */
    private static final Duration CLOSING_TIME = Duration.ofSeconds(15);
    /** The time for this thread to end, which may be sending, or asking event loops that have ended. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private enum State {
        STARTING,
        SERVING,
        RELOADING,
        STOPPING
    }

    private final NotifySocket socket;
    private final @Nullable Duration watchdog;
    private final ReportedServer server;
    private final Thread thread;
    /** Held while something changes or is sent, but not while event loops are asked. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.STARTING;
    /** When the next report of a drain is due, and when the last one. */
    private long nextOfDrain;
    private long drainEnd;
    private long nextOfWatchdog = System.nanoTime();
    private boolean failed;
    /** Whether the log has it that the loops do not answer. */
    private boolean silent;
    private boolean closed;

    private ServiceReports(NotifySocket socket, @Nullable Duration watchdog, ReportedServer server) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.server = server;
        this.thread = new Thread(this::run, "sluice-service");
        thread.setDaemon(true);
    }

    /**
     * Opens the way to the manager. Nothing is sent yet.
     *
     * @return null if the manager wants no reports, or if there is no way, which is a line in the log
     */
    public static @Nullable ServiceReports open(ServiceEnvironment environment, ReportedServer server) {
        String address = environment.notifySocket();
        if (address == null) {
            return null;
        }
        String whyNot = EpollTransport.whyNot();
        if (whyNot != null) {
            LOG.warn("Nothing is reported to the service manager, since the C library cannot be used: {}. A unit with"
                    + " Type=notify or WatchdogSec= would wait in vain.", whyNot);
            return null;
        }
        try {
            ServiceReports reports = new ServiceReports(NotifySocket.open(address), environment.watchdog(), server);
            reports.thread.start();
            return reports;
        } catch (TransportException e) {
            LOG.warn("Nothing is reported to the service manager: {} is {}: {}", ServiceEnvironment.NOTIFY_SOCKET,
                    address, e.getMessage());
            return null;
        }
    }

    /** Reports that the server serves, and who is asked for it is ready too. The watchdog begins. */
    public void ready() {
        change(State.STARTING, State.SERVING, "READY=1\nSTATUS=" + server.status());
    }

    /** Reports that a reload begins. */
    public void reloading() {
        // Linux: the monotonic clock, which the manager compares with its own (sd_notify(3)).
        long now = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        change(State.SERVING, State.RELOADING, "RELOADING=1\nMONOTONIC_USEC=" + now + "\nSTATUS=reloading");
    }

    /** Reports that a reload has ended, whatever its result. */
    public void reloaded() {
        change(State.RELOADING, State.SERVING, "READY=1\nSTATUS=" + server.status());
    }

    private void change(State from, State to, String message) {
        lock.lock();
        try {
            if (state == from && !closed) {
                state = to;
                send(message);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reports that the server stops.
     *
     * @param longest the time that open connections are given
     */
    public void stopping(Duration longest) {
        lock.lock();
        try {
            if (state != State.STOPPING && !closed) {
                state = State.STOPPING;
                nextOfDrain = System.nanoTime();
                drainEnd = nextOfDrain + longest.plus(CLOSING_TIME).toNanos();
                send("STOPPING=1\nSTATUS=" + server.status());
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                reportDrain();
                reportLoops();
                sleep();
            }
        } finally {
            lock.unlock();
        }
    }

    private void reportDrain() {
        long now = System.nanoTime();
        if (isDraining(now) && nextOfDrain - now <= 0) {
            nextOfDrain = now + DRAIN_INTERVAL.toNanos();
            send("EXTEND_TIMEOUT_USEC=" + TimeUnit.NANOSECONDS.toMicros(EXTENSION.toNanos()) + "\nSTATUS="
                    + withConnections());
        }
    }

    private boolean isDraining(long now) {
        return state == State.STOPPING && drainEnd - now > 0;
    }

    /** Asks the event loops, without the lock, and reports it if all of them answer. */
    private void reportLoops() {
        Duration time = watchdog;
        long now = System.nanoTime();
        if (time == null || state == State.STARTING || nextOfWatchdog - now > 0) {
            return;
        }
        nextOfWatchdog = now + time.toNanos() / 2;
        lock.unlock();
        boolean alive;
        try {
            alive = server.allLoopsAnswer(time.dividedBy(4));
        } finally {
            lock.lock();
        }
        if (closed) {
            return;
        }
        if (alive) {
            silent = false;
            send("WATCHDOG=1\nSTATUS=" + withConnections());
        } else if (!silent && state != State.STOPPING) {
            silent = true;
            LOG.error("The service manager hears nothing from here until every event loop answers; it ends this process"
                    + " when it has waited for {} ms.", time.toMillis());
        }
    }

    /** Sleeps until something is due, or has changed, or wakes up for nothing: the caller looks again in any case. */
    @SuppressWarnings("WaitNotInLoop")
    private void sleep() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        boolean watched = watchdog != null && state != State.STARTING;
        boolean draining = isDraining(now);
        try {
            if (watched || draining) {
                long untilWatchdog = watched ? nextOfWatchdog - now : Long.MAX_VALUE;
                long untilDrain = draining ? nextOfDrain - now : Long.MAX_VALUE;
                changed.awaitNanos(Math.max(1, Math.min(untilWatchdog, untilDrain)));
            } else {
                changed.await();
            }
        } catch (InterruptedException e) {
            // Interrupts mean nothing here; this has cleared the flag.
        }
    }

    private String withConnections() {
        return server.status() + ", open connections: " + server.connections();
    }

    /** With the lock. */
    private void send(String message) {
        try {
            socket.send(message);
        } catch (TransportException e) {
            if (!failed) {
                failed = true;
                LOG.warn("The service manager could not be reached, and may not be told of more than this: {}",
                        e.getMessage());
            }
        }
    }

    /** Ends the reports, and waits for the thread. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (Threads.join(thread, CLOSE_PATIENCE)) {
            socket.close();
        }
    }
}
