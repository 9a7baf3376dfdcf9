package dev.sluice.runtime.capture;

import org.jspecify.annotations.Nullable;

/** The reader of a capture, which makes a file of its events. One caller at a time. */
public final class CaptureReader {
    /** The size of a block from which on no further event is put into it, in bytes. */
    private static final int BLOCK = 256 << 10;
    private static final String PROGRAM = "Sluice";
    /** For a reader that comes late for the rest. */
    private static final long FORGOTTEN_NANOS = 4 * Capture.PATIENCE_NANOS;

    private final Capture capture;
    private final CaptureFile file;
    private byte[] lastBlock = {};
    private long position;
    private volatile boolean complete;

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
        CaptureEvent event = null;
        while (file.size() < BLOCK && (event = capture.take()) != null) {
            file.add(event);
        }
        if (over && event == null && file.size() < BLOCK && !complete) {
            file.end(capture.dropped());
            complete = true;
        }
        return file.take();
    }

    /** Whether everything was read, or nobody has asked for it for long: it can be forgotten. Any thread. */
    public boolean isForgotten(long now) {
        return capture.isOver(now) && (complete || capture.unread(now) > FORGOTTEN_NANOS);
    }
}
