package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few descriptors held back for the day on which the process has no other left: they are let go then, so that admin requests and log
 * files still find one, and nothing is accepted until all of them could be taken again. Thread-safe; without a lock while all is well.
 */
public final class DescriptorReserve implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorReserve.class);
    private static final int SIZE = 8;
    /** What the first connection after a shortage needs. Without it that one would be accepted only to be cut. */
    private static final int ONE_CONNECTION = 2;
    /** A shortage that comes and goes is reported at most this often. */
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private final Transport transport;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Spare> held = new ArrayList<>();
    private volatile boolean exhausted;
    private final LogThrottle reports = new LogThrottle(REPORT_INTERVAL);
    private boolean reported;

    public DescriptorReserve(Transport transport) throws TransportException {
        this.transport = transport;
        for (int i = 0; i < SIZE; i++) {
            held.add(transport.openSpare());
        }
    }

    /** How many descriptors a reserve holds. */
    public static int size() {
        return SIZE;
    }

    /** Whether the process has run out and nothing should be accepted. */
    boolean exhausted() {
        return exhausted;
    }

    /** The system has refused a descriptor. */
    void exhaust() {
        lock.lock();
        try {
            if (!exhausted) {
                exhausted = true;
                letGo();
                long leftOut = reports.admit(System.nanoTime());
                reported = leftOut != LogThrottle.NOT_NOW;
                if (reported) {
                    LOG.warn("No file descriptor is left (EMFILE){}: new connections wait in the backlog until some are"
                            + " closed. Raise the limit (ulimit -n), or lower limits.maxConnections.",
                            LogThrottle.leftOut(leftOut));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tries to be whole again. @return whether connections may be accepted */
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
                }
            }
            return true;
        } catch (TransportException stillNone) {
            letGo();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void letGo() {
        held.forEach(Spare::close);
        held.clear();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            letGo();
        } finally {
            lock.unlock();
        }
    }
}
