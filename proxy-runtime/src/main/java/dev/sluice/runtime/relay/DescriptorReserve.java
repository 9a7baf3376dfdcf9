package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few descriptors held in reserve for EMFILE. When the process has no other left they are released, so that admin
 * requests and log files still find one, and nothing is accepted until all of them could be opened again. Thread-safe;
 * without a lock while descriptors are available.
 */
public final class DescriptorReserve implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorReserve.class);
    private static final int SIZE = 8;
    /**
     * The descriptors of one connection. Without them the first connection after a shortage would be accepted only to
     * be cut.
     */
    private static final int ONE_CONNECTION = 2;
    /** The least time between two warnings. */
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private final Transport transport;
    private final Events events;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Spare> held = new ArrayList<>();
    private volatile boolean exhausted;
    private final LogThrottle reports = new LogThrottle(REPORT_INTERVAL);
    private boolean reported;

    /**
     * A full reserve.
     *
     * @param events of the server
     */
    public DescriptorReserve(Transport transport, Events events) throws TransportException {
        this.transport = transport;
        this.events = events;
        for (int i = 0; i < SIZE; i++) {
            held.add(transport.openSpare());
        }
    }

    /** The number of descriptors in a reserve. */
    public static int size() {
        return SIZE;
    }

    /** Whether the process has run out and nothing should be accepted. */
    boolean exhausted() {
        return exhausted;
    }

    /** Releases the reserve, because the system has refused a descriptor. */
    void exhaust() {
        lock.lock();
        try {
            if (!exhausted) {
                exhausted = true;
                releaseAll();
                long leftOut = reports.admit(System.nanoTime());
                reported = leftOut != LogThrottle.NOT_NOW;
                if (reported) {
                    LOG.warn("No file descriptor is left (EMFILE){}: new connections wait in the backlog until some are"
                            + " closed. Raise the limit (ulimit -n), or lower limits.maxConnections.",
                            LogThrottle.leftOut(leftOut));
                    events.add(Event.Kind.DESCRIPTORS, "the process", "no file descriptor is left: new connections"
                            + " wait in the backlog" + LogThrottle.leftOut(leftOut));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tries to refill the reserve. @return whether connections may be accepted */
    boolean recover() {
        lock.lock();
        try {
            while (exhausted && held.size() < SIZE + ONE_CONNECTION) {
                held.add(transport.openSpare());
            }
            while (held.size() > SIZE) {
                held.removeLast().close();
            }
            if (exhausted) {
                exhausted = false;
                if (reported) {
                    LOG.info("File descriptors are available again: accepting.");
                    events.add(Event.Kind.DESCRIPTORS, "the process", "file descriptors are available again");
                }
            }
            return true;
        } catch (TransportException stillNone) {
            releaseAll();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void releaseAll() {
        held.forEach(Spare::close);
        held.clear();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            releaseAll();
        } finally {
            lock.unlock();
        }
    }
}
