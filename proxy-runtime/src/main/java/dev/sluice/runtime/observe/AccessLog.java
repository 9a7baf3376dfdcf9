package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.text.FileErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one line per entry, written by a thread of its own to a target that may be switched. There is one for
 * a server, whether or not its configuration has an access log; the thread exists from the first target on.
 *
 * <p>{@link #record} puts the entry into a bounded queue; the thread takes it out, formats it and writes whole batches.
 * When the queue is full or a write fails, the line is lost and counted: every recorded entry becomes either a whole
 * line or one of {@link #dropped()}. Lost lines are reported through slf4j at most once a minute.
 *
 * <p>If a write fails in the middle of a line, a file is cut back to the line before. Where that is impossible (a pipe)
 * the next entry starts on a new line, so that only the torn line is spoilt.
 *
 * <p>A switch takes effect between two batches: entries recorded before it are written to the old target, which is
 * closed then. So there is never more than one writer, and a target that is kept is not even opened again. A reader
 * that has stopped delays the switch away from it.
 */
final class AccessLog implements AutoCloseable {
    /** The default for the number of lines that may wait to be written. */
    static final int DEFAULT_QUEUE = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final long LINGER_NANOS = Duration.ofMillis(10).toNanos();
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);
    private static final int BATCH_LINES = 512;
    private static final int BATCH_BYTES = 64 * 1024;

    /** A switch that is to be made once so many entries have been taken out of the queue. */
    private record Switch(AccessLogSetting next, long after) {}

    private final Events events;
    private final AccessQueue queue;
    private final Duration closePatience;
    private final Thread writer;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Queue<Switch> switches = new ConcurrentLinkedQueue<>();
    /** The setting that was asked for last. */
    private volatile AccessLogSetting setting = AccessLogSetting.OFF;
    /** The setting that the writer works by. */
    private volatile AccessLogSetting current = AccessLogSetting.OFF;
    private volatile boolean reopenAsked;
    private volatile boolean closing;

    // The fields below belong to the writer thread.
    private final StringBuilder line = new StringBuilder();
    private final int[] lineEnds = new int[BATCH_LINES];
    private byte[] batch = new byte[0];
    private int batchLines;
    private int batchBytes;
    private boolean torn;
    private long reported;
    private final LogThrottle reports = new LogThrottle(REPORT_INTERVAL);
    private @Nullable Exception lastFailure;

    AccessLog(Events events, int queueCapacity, Duration closePatience) {
        this.events = events;
        this.queue = new AccessQueue(queueCapacity);
        this.closePatience = closePatience;
        this.writer = Thread.ofPlatform().name("sluice-access-log").daemon().unstarted(this::run);
    }

    /** A log that is off. */
    AccessLog(Events events) {
        this(events, DEFAULT_QUEUE, CLOSE_PATIENCE);
    }

    /**
     * Starts the thread, if it does not run yet. A switch to a target would do that as well, but may not fail where
     * the system has no thread left.
     */
    synchronized void start() {
        if (writer.getState() == Thread.State.NEW && !closing) {
            writer.start();
        }
    }

    /** The setting that was asked for last. Any thread. */
    AccessLogSetting setting() {
        return setting;
    }

    /**
     * Switches to another setting soon. Entries recorded before are still written by the old one. Any thread; returns
     * at once.
     *
     * @param next its sink is the log's from now on, and closed by it, unless it is that of the old setting
     */
    void switchTo(AccessLogSetting next) {
        if (next.on()) {
            start();
        }
        prepare(next);
        LockSupport.unpark(writer);
    }

    /** Notes a switch, and does not start the thread for it. */
    synchronized void prepare(AccessLogSetting next) {
        switches.add(new Switch(next, queue.end()));
        setting = next;
        if (writer.getState() == Thread.State.NEW && !next.on()) {
            // There is no thread that could make the switch, and nothing that it would have to end.
            switches.clear();
        }
    }

    /**
     * Queues a line, or counts it as dropped. Does nothing while there is no target. Any thread, event loops included:
     * never waits, never throws, allocates nothing.
     */
    void record(AccessEntry entry) {
        if (!setting.on()) {
            return;
        }
        if (closing || !queue.offer(entry)) {
            dropped.getAndIncrement();
        } else if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /** Entries that did not become a line: the queue was full, a write failed, or the log was closed. Any thread. */
    long dropped() {
        return dropped.get();
    }

    /** Opens a new file of the same name soon, after the old one was renamed. Any thread; returns at once. */
    void reopen() {
        reopenAsked = true;
        LockSupport.unpark(writer);
    }

    /**
     * Writes everything recorded before, then closes the target. Waits up to 5 s for a slow disk or reader; lines left
     * after that count as dropped. A hanging write to standard output cannot be ended: its daemon thread stays until
     * the reader goes on.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        if (!Threads.join(writer, closePatience)) {
            close(current.sink());
            Threads.join(writer, ABORT_PATIENCE);
        }
        if (!writer.isAlive()) {
            // Entries of producers that had checked "closing" before it was set.
            while (queue.poll() != null) {
                dropped.getAndIncrement();
            }
        } else {
            LOG.warn("access log {}: the last lines could not be written within {} s and are lost", target(),
                    closePatience.toSeconds());
        }
    }

    private static void close(@Nullable AccessLogSink sink) {
        if (sink != null) {
            sink.close();
        }
    }

    private String target() {
        AccessLogSink sink = current.sink();
        return sink == null ? "(off)" : sink.describe();
    }

    private void run() {
        batch = new byte[BATCH_BYTES];
        while (true) {
            // Read before the queue: entries recorded before close() are in the queue now.
            boolean last = closing;
            if (reopenAsked) {
                reopenAsked = false;
                reopenSink();
            }
            writeQueued();
            reportDrops(last);
            if (last) {
                break;
            }
            awaitWork();
        }
        for (Switch left = switches.poll(); left != null; left = switches.poll()) {
            apply(left.next);
        }
        close(current.sink());
    }

    private void awaitWork() {
        asleep.set(true);
        if (queue.isEmpty() && switches.isEmpty() && !closing && !reopenAsked) {
            if (current.on()) {
                LockSupport.parkNanos(this, REPORT_INTERVAL.toNanos());
            } else {
                LockSupport.park(this);
            }
        }
        asleep.set(false);
        // Without this, a busy proxy would pay one wake-up and one write per connection.
        if (!closing) {
            LockSupport.parkNanos(this, LINGER_NANOS);
        }
    }

    private void writeQueued() {
        // At most one full queue: loops that never pause must not delay a reopen or a report of lost lines.
        for (int left = queue.capacity(); left > 0; left--) {
            makeSwitches();
            AccessEntry entry = queue.poll();
            if (entry == null) {
                break;
            }
            if (!current.on()) {
                // Recorded in the moment in which the log was switched off.
                continue;
            }
            format(entry);
            if (batchLines == BATCH_LINES || batchBytes >= BATCH_BYTES) {
                writeBatch();
            }
        }
        writeBatch();
    }

    /** Makes the switches whose turn has come: all entries recorded before have been taken out. */
    private void makeSwitches() {
        for (Switch next = switches.peek(); next != null && queue.taken() >= next.after; next = switches.peek()) {
            writeBatch();
            switches.remove();
            apply(next.next);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very instance
    private void apply(AccessLogSetting next) {
        AccessLogSink old = current.sink();
        if (old != null && old != next.sink()) {
            reportDrops(true);
            old.close();
            torn = false;
        }
        current = next;
    }

    private void format(AccessEntry entry) {
        line.setLength(0);
        try {
            current.format().append(entry, line);
        } catch (RuntimeException e) {
            lose(1, e);
            return;
        }
        byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        if (batch.length - batchBytes < bytes.length) {
            batch = Arrays.copyOf(batch, batchBytes + bytes.length);
        }
        System.arraycopy(bytes, 0, batch, batchBytes, bytes.length);
        batchBytes += bytes.length;
        lineEnds[batchLines++] = batchBytes;
    }

    private void writeBatch() {
        AccessLogSink sink = current.sink();
        if (batchLines == 0 || sink == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(batch, 0, batchBytes);
        try {
            if (torn) {
                sink.write(ByteBuffer.wrap(new byte[]{'\n'}));
                torn = false;
            }
            sink.write(bytes);
        } catch (IOException | RuntimeException e) {
            int whole = 0;
            while (whole < batchLines && lineEnds[whole] <= bytes.position()) {
                whole++;
            }
            int tornBytes = bytes.position() - (whole == 0 ? 0 : lineEnds[whole - 1]);
            torn |= tornBytes > 0 && !sink.takeBack(tornBytes);
            lose(batchLines - whole, e);
        }
        batchLines = 0;
        batchBytes = 0;
    }

    private void lose(int lines, Exception failure) {
        dropped.getAndAdd(lines);
        lastFailure = failure;
    }

    private void reopenSink() {
        AccessLogSink sink = current.sink();
        if (sink == null) {
            return;
        }
        try {
            sink.reopen();
            torn = false;
            LOG.info("access log {}: reopened", sink.describe());
        } catch (IOException e) {
            LOG.warn(
                    "access log {}: cannot open a new file: {}. Lines still go to the old file. Create the directory, or give"
                            + " this user the right to write there, then reopen again.",
                    sink.describe(), FileErrors.reason(e));
        }
    }

    private void reportDrops(boolean last) {
        long all = dropped.get();
        if (all == reported || (reports.admit(System.nanoTime()) == LogThrottle.NOT_NOW && !last)) {
            return;
        }
        String cause = lastFailure == null
                ? "the queue of " + queue.capacity() + " lines was full"
                : lastFailure instanceof IOException failure ? FileErrors.reason(failure) : lastFailure.toString();
        LOG.warn("access log {}: {} lines lost, {} since the start: {}", target(), all - reported, all, cause);
        events.add(Event.Kind.ACCESS_LOG, target(), (all - reported) + " lines lost: " + cause);
        reported = all;
        lastFailure = null;
    }
}
