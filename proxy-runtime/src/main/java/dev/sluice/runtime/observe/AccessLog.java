package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.text.FileErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one line per connection, written by a thread of its own.
 *
 * <p>{@link #record} puts the entry into a bounded queue; the thread takes it out, formats it and writes whole batches.
 * When the queue is full or a write fails, the line is lost and counted: every recorded entry becomes either a whole
 * line or one of {@link #dropped()}. Lost lines are reported through slf4j at most once a minute.
 *
 * <p>If a write fails in the middle of a line, a file is cut back to the line before. Where that is impossible (a pipe)
 * the next entry starts on a new line, so that only the torn line is spoilt.
 */
public final class AccessLog implements AutoCloseable {
    /** The default for the number of lines that may wait to be written. */
    public static final int DEFAULT_QUEUE = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final long LINGER_NANOS = Duration.ofMillis(10).toNanos();
    private static final long REPORT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);
    private static final int BATCH_LINES = 512;
    private static final int BATCH_BYTES = 64 * 1024;

    private final AccessLogSink sink;
    private final AccessLogFormat format;
    private final AccessQueue queue;
    private final Duration closePatience;
    private final Thread writer;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean reopenAsked;
    private volatile boolean closing;

    // The fields below belong to the writer thread.
    private final StringBuilder line = new StringBuilder();
    private final int[] lineEnds = new int[BATCH_LINES];
    private byte[] batch = new byte[BATCH_BYTES];
    private int batchLines;
    private int batchBytes;
    private boolean torn;
    private long reported;
    private long reportedAt = System.nanoTime() - REPORT_NANOS;
    private @Nullable Exception lastFailure;

    AccessLog(AccessLogSink sink, AccessLogFormat format, int queueCapacity, Duration closePatience) {
        this.sink = sink;
        this.format = format;
        this.queue = new AccessQueue(queueCapacity);
        this.closePatience = closePatience;
        this.writer = Thread.ofPlatform().name("sluice-access-log").daemon().unstarted(this::run);
    }

    /**
     * A log that appends to a file, which is created with mode 0640 if it does not exist. A FIFO or a device is
     * possible too.
     *
     * @throws IOException if the file cannot be opened
     */
    public static AccessLog toFile(Path path, AccessLogFormat format) throws IOException {
        return started(ChannelSink.file(path), format);
    }

    /** A log on the standard output of the process, which stays open when the log is closed. */
    public static AccessLog toStandardOutput(AccessLogFormat format) {
        return started(ChannelSink.standardOutput(), format);
    }

    /** A log on the standard error of the process, which stays open when the log is closed. */
    public static AccessLog toStandardError(AccessLogFormat format) {
        return started(ChannelSink.standardError(), format);
    }

    /** The target of the log: the path of the file, or the stream of the process. */
    public String describe() {
        return sink.describe();
    }

    private static AccessLog started(AccessLogSink sink, AccessLogFormat format) {
        AccessLog log = new AccessLog(sink, format, DEFAULT_QUEUE, CLOSE_PATIENCE);
        log.start();
        return log;
    }

    void start() {
        writer.start();
    }

    /** Queues a line, or counts it as dropped. Any thread, event loops included: never waits, never throws, allocates nothing. */
    public void record(AccessEntry entry) {
        if (closing || !queue.offer(entry)) {
            dropped.getAndIncrement();
        } else if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /** Entries that did not become a line: the queue was full, a write failed, or the log was closed. Any thread. */
    public long dropped() {
        return dropped.get();
    }

    /** Opens a new file of the same name soon, after the old one was renamed. Any thread; returns at once. */
    public void reopen() {
        reopenAsked = true;
        LockSupport.unpark(writer);
    }

    /**
     * Writes everything recorded before, then closes the file. Waits up to 5 s for a slow disk or reader; lines left
     * after that count as dropped. A hanging write to standard output cannot be ended: its daemon thread stays until
     * the reader goes on.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        if (!Threads.join(writer, closePatience)) {
            sink.close();
            Threads.join(writer, ABORT_PATIENCE);
        }
        if (!writer.isAlive()) {
            // Entries of producers that had checked "closing" before it was set.
            while (queue.poll() != null) {
                dropped.getAndIncrement();
            }
        } else {
            LOG.warn("access log {}: the last lines could not be written within {} s and are lost", sink.describe(),
                    closePatience.toSeconds());
        }
    }

    private void run() {
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
        sink.close();
    }

    private void awaitWork() {
        asleep.set(true);
        if (queue.isEmpty() && !closing && !reopenAsked) {
            LockSupport.parkNanos(this, REPORT_NANOS);
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
            AccessEntry entry = queue.poll();
            if (entry == null) {
                break;
            }
            format(entry);
            if (batchLines == BATCH_LINES || batchBytes >= BATCH_BYTES) {
                writeBatch();
            }
        }
        writeBatch();
    }

    private void format(AccessEntry entry) {
        line.setLength(0);
        try {
            format.append(entry, line);
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
        if (batchLines == 0) {
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
        long now = System.nanoTime();
        if (all == reported || (!last && now - reportedAt < REPORT_NANOS)) {
            return;
        }
        String cause = lastFailure == null
                ? "the queue of " + queue.capacity() + " lines was full"
                : lastFailure instanceof IOException failure ? FileErrors.reason(failure) : lastFailure.toString();
        LOG.warn("access log {}: {} lines lost, {} since the start: {}", sink.describe(), all - reported, all, cause);
        reported = all;
        reportedAt = now;
        lastFailure = null;
    }
}
