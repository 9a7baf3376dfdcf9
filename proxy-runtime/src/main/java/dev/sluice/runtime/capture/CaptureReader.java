package dev.sluice.runtime.capture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/** The reader of a capture, which makes a file of its events. One caller at a time. */
public final class CaptureReader {
    /** The size of a block from which on no further event is put into it, in bytes: 1 MiB, less with a heap below 512 MiB. */
    private static final int BLOCK = Math.clamp(Runtime.getRuntime().maxMemory() / 512, 64 << 10, 1 << 20);
    private static final String PROGRAM = "Sluice";
    /** For a reader that comes late for the rest. */
    private static final long FORGOTTEN_NANOS = 4 * Capture.PATIENCE_NANOS;

    private final Capture capture;
    private final CaptureFile file;
    private byte[] lastBlock = {};
    private long position;
    private volatile boolean complete;
    private final AtomicBoolean noted = new AtomicBoolean();

    /**
     * A reader that has read nothing.
     *
     * @param epochMinusNanos what makes a time by {@link System#nanoTime} one in nanoseconds since 1970
     */
    public CaptureReader(Capture capture, long epochMinusNanos) {
        this.capture = capture;
        this.file = new CaptureFile(epochMinusNanos, PROGRAM,
                "sluice capture, where " + capture.order().text() + ", layer "
                        + capture.order().layer().label() + (capture.order().payload() ? "" : ", payload left out"));
    }

    /** The capture that is read. Any thread. */
    public Capture capture() {
        return capture;
    }

    /**
     * Reads a part of the file.
     *
     * @param offset of the part: that behind the last one, or that of the last one again, should its answer have been lost
     * @param now the time, by {@link System#nanoTime}
     * @return null if the offset is another one
     */
    public @Nullable CaptureBlock read(long offset, long now) {
        capture.noteRead(now);
        // Read before the queue: an event that is added later belongs to no file.
        boolean over = capture.isOver(now);
        if (offset == position) {
            lastBlock = next(over);
            position += lastBlock.length;
        } else if (offset != position - lastBlock.length) {
            return null;
        }
        return new CaptureBlock(lastBlock, position, complete, capture.view());
    }

    private byte[] next(boolean over) {
        List<CaptureEvent> events = new ArrayList<>();
        CaptureEvent event;
        long size = 0;
        do {
            event = capture.take();
            if (event != null) {
                events.add(event);
                size += CaptureFile.sizeOf(event);
            }
        } while (event != null && size < BLOCK);
        // Of several loops, each of which is in order.
        events.sort(Comparator.comparingLong(CaptureEvent::nanos));
        events.forEach(file::add);
        if (over && event == null && !complete) {
            file.end(capture.dropped());
            complete = true;
        }
        return file.take();
    }

    /** Whether the end of the capture is noted now, for the first time. Any thread. */
    public boolean noteEnd() {
        return noted.compareAndSet(false, true);
    }

    /** Whether everything was read, or nobody has asked for it for long: it can be forgotten. Any thread. */
    public boolean isForgotten(long now) {
        return capture.isOver(now) && (complete || capture.unread(now) > FORGOTTEN_NANOS);
    }
}
