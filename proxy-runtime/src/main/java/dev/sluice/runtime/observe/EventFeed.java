package dev.sluice.runtime.observe;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.loop.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery of entries and events to one listener, in order, by a thread of its own. The queue is bounded: when the
 * listener is too slow, what comes then is dropped and counted. Any thread may offer, event loops included: nothing waits.
 */
public final class EventFeed implements AutoCloseable {
    /** The receiver of a feed. Called by its thread. */
    public interface Listener {
        /** A connection was proxied, or has ended. */
        void onEntry(AccessEntry entry);

        /** Something has changed that operators ask about. */
        void onEvent(Event event);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
    /** The most that wait. */
    static final int CAPACITY = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Listener listener;
    private final Queue<Object> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    /** A feed whose thread is started. */
    public EventFeed(Listener listener) {
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("sluice-events").daemon().start(this::run);
    }

    /** Offers an entry or an event. */
    void offer(Object record) {
        if (closing || waiting.incrementAndGet() > CAPACITY) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        queue.add(record);
        LockSupport.unpark(thread);
    }

    /** The number of those that were not delivered. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        while (true) {
            // Read before the queue: what was offered before the close is in it then.
            boolean last = closing;
            for (Object next = queue.poll(); next != null; next = queue.poll()) {
                waiting.decrementAndGet();
                deliver(next);
            }
            if (last) {
                return;
            }
            if (queue.isEmpty() && !closing) {
                LockSupport.park(this);
            }
        }
    }

    private void deliver(@Nullable Object next) {
        try {
            if (next instanceof AccessEntry entry) {
                listener.onEntry(entry);
            } else if (next instanceof Event event) {
                listener.onEvent(event);
            }
        } catch (Throwable e) {
            LOG.error("The listener of events has failed; it gets the next one.", e);
        }
    }

    /** Delivers what was offered before, and ends the thread. Waits for a slow listener, but not for ever. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (!Threads.join(thread, PATIENCE)) {
            thread.interrupt();
            LOG.warn("The listener of events did not return within {} s.", PATIENCE.toSeconds());
        }
    }
}
