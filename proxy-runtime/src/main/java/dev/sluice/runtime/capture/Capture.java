package dev.sluice.runtime.capture;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A capture: takes the events of the loops, which never wait for it, and keeps them for its {@link CaptureReader}. Any thread.
 *
 * <p>Three bounds hold: the size of the file, the time, and {@link #MOST_WAITING} for events that nobody has read. The first two end the
 * capture; events beyond the third are dropped and counted, in the file too.
 */
public final class Capture {
    /** The size in memory of events that wait for the reader, at most: 8 MiB, and a 32nd of a smaller heap. */
    public static final long MOST_WAITING = Math.min(8L << 20, Runtime.getRuntime().maxMemory() / 32);
    /** The time without a read after which the reader counts as gone. */
    public static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    static final String RUNNING = "running";

    private final long id;
    private final CaptureRequest request;
    private final BooleanSupplier permitted;
    private final Queue<CaptureEvent> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong promised = new AtomicLong();
    private final long deadline;
    private volatile long lastRead;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile String state = RUNNING;

    /**
     * A capture that runs.
     *
     * @param id distinct in the life of the server
     * @param now the time, by {@link System#nanoTime}
     * @param permitted whether the configuration that serves permits it; asked now and then, on loops too
     */
    public Capture(long id, CaptureRequest request, long now, BooleanSupplier permitted) {
        this.permitted = permitted;
        this.id = id;
        this.request = request;
        this.deadline = now + request.nanos();
        this.lastRead = now;
    }

    /** The number that distinguishes it. */
    public long id() {
        return id;
    }

    /** The order that it carries out. */
    public CaptureRequest order() {
        return request;
    }

    /** Counts a connection. */
    public void connection() {
        connections.incrementAndGet();
    }

    /**
     * Whether it captures nothing any longer.
     *
     * @param now by {@link System#nanoTime}
     */
    public boolean isOver(long now) {
        if (isRunning()) {
            if (now - deadline >= 0) {
                end("time");
            } else if (now - lastRead > PATIENCE_NANOS) {
                end("unread");
            } else if (!permitted.getAsBoolean()) {
                end("forbidden");
            }
        }
        return !isRunning();
    }

    boolean isRunning() {
        return !ended.get();
    }

    private void end(String reason) {
        if (ended.compareAndSet(false, true)) {
            state = reason;
        }
    }

    /** Ends it; what was captured can still be read. */
    public void stop() {
        end("stopped");
    }

    /**
     * The number of bytes of an event of which packets are made.
     *
     * @param offset of the first one in its direction
     */
    int length(long offset, int count) {
        return Math.clamp(request.perConnection() - offset, 0, Math.max(0, count));
    }

    /** The number of bytes of an event that are copied. */
    int copied(long offset, int count) {
        return request.payload() && isRunning() ? length(offset, count) : 0;
    }

    /** Takes an event. On a loop. */
    void add(CaptureEvent event) {
        if (!isRunning()) {
            return;
        }
        int size = event.size();
        if (waitingBytes.get() + size > MOST_WAITING) {
            dropped.incrementAndGet();
            return;
        }
        long written = CaptureFile.sizeOf(event);
        if (promised.addAndGet(written) > request.bytes()) {
            promised.addAndGet(-written);
            end("full");
            return;
        }
        waitingBytes.addAndGet(size);
        events.incrementAndGet();
        waiting.add(event);
    }

    /** Its state at this moment. */
    public CaptureView view() {
        return new CaptureView(id, request.text(), request.layer(), request.payload(), state, connections.get(),
                events.get(), dropped.get(),
                promised.get());
    }

    /**
     * Notes that its reader is still there.
     *
     * @param now by {@link System#nanoTime}
     */
    void noteRead(long now) {
        lastRead = now;
    }

    /** The time since its reader was last there, in nanoseconds. */
    long unread(long now) {
        return now - lastRead;
    }

    /** Takes the event that has waited longest; null = none waits. */
    @Nullable
    CaptureEvent take() {
        CaptureEvent event = waiting.poll();
        if (event != null) {
            waitingBytes.addAndGet(-event.size());
        }
        return event;
    }

    /** Events that were lost so far. */
    long dropped() {
        return dropped.get();
    }
}
