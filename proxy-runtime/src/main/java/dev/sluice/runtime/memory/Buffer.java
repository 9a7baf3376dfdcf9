package dev.sluice.runtime.memory;

import java.nio.ByteBuffer;

/**
 * A cell of a {@link Slab}: the bytes between {@code start} and {@code end} are waiting to be sent, those between {@code end} and
 * {@link #readLimit} may still be filled.
 *
 * <p>The cells of a slab share one {@link ByteBuffer}, whose position and limit are set for each system call: a view of its own for each
 * cell would cost more heap than a small cell holds. So the result of {@link #forRead} and {@link #forWrite} is good for the next call
 * only. Owned by one event loop thread, like the memory it comes from.
 */
public final class Buffer {
    private final Slab slab;
    private final int offset;
    private int start;
    private int end;
    private int readLimit;
    private boolean lent;

    Buffer(Slab slab, int offset) {
        this.slab = slab;
        this.offset = offset;
    }

    /** Bytes that the cell can hold. */
    public int capacity() {
        return slab.cellBytes();
    }

    /** Bytes that wait to be sent. */
    public int remaining() {
        return end - start;
    }

    /** The most that may be read into an empty buffer now: {@link #capacity}, or less while memory is scarce. */
    public int readLimit() {
        return readLimit;
    }

    /** Forgets the content. */
    public void clear() {
        start = 0;
        end = 0;
    }

    /** The free part, for one read; report its result to {@link #filled}. */
    public ByteBuffer forRead() {
        return slab.view(offset + end, offset + readLimit);
    }

    /** The bytes that wait, for one write; report its result to {@link #sent}. */
    public ByteBuffer forWrite() {
        return slab.view(offset + start, offset + end);
    }

    /** {@code count} bytes were read behind the content. */
    public void filled(int count) {
        end += count;
    }

    /** {@code count} bytes of the content have left. */
    public void sent(int count) {
        start += count;
    }

    Slab slab() {
        return slab;
    }

    void lend(int limit) {
        if (lent) {
            throw new IllegalStateException("buffer is already lent");
        }
        lent = true;
        readLimit = limit;
        clear();
    }

    void takeBack() {
        if (!lent) {
            throw new IllegalStateException("buffer was already given back");
        }
        lent = false;
    }

    /** Takes over the unsent content of {@code source}. */
    void copyOf(Buffer source) {
        int length = source.remaining();
        slab.copy(source.slab, source.offset + source.start, offset, length);
        end = length;
    }
}
