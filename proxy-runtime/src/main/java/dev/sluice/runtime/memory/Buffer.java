package dev.sluice.runtime.memory;

import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;

/**
 * A cell of a {@link Slab}. Its content, the bytes between {@code start} and {@code end}, waits to be sent, except for
 * the {@link #held} last ones, which filters have not released yet. The bytes between {@code end} and the read limit
 * may still be filled.
 *
 * <p>A transport gets at the bytes by their native address, or by a {@link ByteBuffer}. The cells of a slab share one
 * {@code ByteBuffer}, and its position and limit are set for each system call: a view of its own for each cell would
 * cost more heap than a small cell holds. So the result of {@link #forRead} and {@link #forWrite} is good for the next
 * call only. Owned by one event loop thread, like the memory it comes from.
 */
public final class Buffer {
    private final Slab slab;
    private final int offset;
    private int start;
    private int end;
    /** The bound of {@link #readLimit} that {@link LoopMemory} set when it lent this buffer. */
    private int lendLimit;
    private int readLimit;
    private int held;
    private boolean lent;

    Buffer(Slab slab, int offset) {
        this.slab = slab;
        this.offset = offset;
    }

    /** Bytes that the cell can hold. */
    public int capacity() {
        return slab.cellBytes();
    }

    /** Bytes that may be sent now. */
    public int remaining() {
        return end - start - held;
    }

    /** Bytes that are here, those that may not be sent yet included. */
    public int content() {
        return end - start;
    }

    /** The number of last bytes that may not be sent yet. */
    public int held() {
        return held;
    }

    /** Keeps the last {@code count} bytes of the content from being sent, until a call with a smaller number. */
    public void hold(int count) {
        if (count < 0 || count > end - start) {
            throw new IllegalArgumentException("cannot hold " + count + " of " + (end - start) + " bytes");
        }
        held = count;
    }

    /** The most that the next read may bring: the free part, or less while memory is scarce. */
    public int readLimit() {
        return Math.max(0, readLimit - end);
    }

    /**
     * Limits the next reads to {@code bytes}, even if there is more room, until {@link #readAtMost} is called again.
     */
    public void readAtMost(int bytes) {
        readLimit = Math.min(lendLimit, end + Math.min(bytes, capacity()));
    }

    /** The number of bytes that fit behind the content. */
    public int room() {
        return capacity() - end;
    }

    /** Forgets the content. */
    public void clear() {
        start = 0;
        end = 0;
        held = 0;
    }

    /** The byte of the content at an index, which the caller has checked. */
    public byte byteAt(int index) {
        return slab.byteAt(offset + start + index);
    }

    /** The four bytes of the content at an index, which the caller has checked; big-endian. */
    public int intAt(int index) {
        return slab.intAt(offset + start + index);
    }

    /** The eight bytes of the content at an index, which the caller has checked; big-endian. */
    public long longAt(int index) {
        return slab.longAt(offset + start + index);
    }

    /** Copies a part of the content, which the caller has checked. */
    public void copyTo(int index, byte[] target, int at, int length) {
        slab.copyTo(offset + start + index, target, at, length);
    }

    /** Adds a part of another buffer's content behind this one's; the caller has checked {@link #room}. */
    public void append(Buffer source, int index, int length) {
        slab.copy(source.slab, source.offset + source.start + index, offset + end, length);
        end += length;
    }

    /** Adds a byte behind the content; the caller has checked {@link #room}. */
    public void append(byte value) {
        slab.put(offset + end, value);
        end++;
    }

    /** Adds bytes behind the content; the caller has checked {@link #room}. */
    public void append(byte[] source, int at, int length) {
        slab.copyFrom(source, at, offset + end, length);
        end += length;
    }

    /** Replaces a part of the content, which the caller has checked. */
    public void replace(int index, byte[] source, int at, int length) {
        slab.copyFrom(source, at, offset + start + index, length);
    }

    /**
     * Adds the content of a kept buffer, which stays with its owner, behind this one's: the next reads may bring as many bytes as before. The
     * caller has checked {@link #room}.
     */
    public void appendKept(Buffer kept) {
        int length = kept.content();
        if (length > room()) {
            throw new IllegalStateException(length + " bytes do not fit into " + room());
        }
        append(kept, 0, length);
        lendLimit = Math.min(capacity(), lendLimit + length);
        readLimit = Math.min(capacity(), readLimit + length);
    }

    /** Drops the last bytes of the content, so that {@code length} are left. */
    public void truncate(int length) {
        end = start + length;
        held = Math.min(held, length);
    }

    /** Removes the part of the content from an index to another one, which the caller has checked; what is behind it moves up. */
    public void remove(int from, int to) {
        slab.copy(slab, offset + start + to, offset + start + from, content() - to);
        end -= to - from;
    }

    /** Drops the bytes that may not be sent. */
    public void discardHeld() {
        end -= held;
        held = 0;
    }

    /** Drops the first {@code count} bytes of the content, whether or not they may be sent. */
    public void discard(int count) {
        start += count;
        held = Math.min(held, end - start);
    }

    /**
     * The native address of the free part, {@link #readLimit} bytes of it, for a read whose result is reported to {@link #filled}. Valid as
     * long as this buffer is reachable and lent.
     *
     * @param finder finds the address of the first byte of direct memory; called once for each slab
     */
    public long addressForRead(ToLongFunction<ByteBuffer> finder) {
        return slab.address(finder) + offset + end;
    }

    /** The native address of the bytes that wait, {@link #remaining} of them, for a write; otherwise as {@link #addressForRead}. */
    public long addressForWrite(ToLongFunction<ByteBuffer> finder) {
        return slab.address(finder) + offset + start;
    }

    /** The free part, for one read; report its result to {@link #filled}. */
    public ByteBuffer forRead() {
        return slab.view(offset + end, offset + Math.max(readLimit, end));
    }

    /** The bytes that wait, for one write; report its result to {@link #sent}. */
    public ByteBuffer forWrite() {
        return slab.view(offset + start, offset + end - held);
    }

    /** Counts {@code count} bytes that were read behind the content. */
    public void filled(int count) {
        end += count;
    }

    /** Drops {@code count} bytes of the content, which have been sent. */
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
        lendLimit = limit;
        readLimit = limit;
        clear();
    }

    void takeBack() {
        if (!lent) {
            throw new IllegalStateException("buffer was already given back");
        }
        lent = false;
    }

    /** Moves the content to the front, so that all the room there is lies behind it. */
    public void makeRoom() {
        if (start > 0) {
            slab.copy(slab, offset + start, offset, end - start);
            end -= start;
            start = 0;
        }
    }

    /** Makes all room readable again, behind the content that is kept. */
    void lendAgain() {
        makeRoom();
        lendLimit = capacity();
        readLimit = lendLimit;
    }

    /**
     * Copies the content of {@code source} into this buffer, which is empty and has room for it. The bytes that may be
     * read behind the content are as many as before.
     */
    void copyOf(Buffer source) {
        int length = source.content();
        slab.copy(source.slab, source.offset + source.start, offset, length);
        end = length;
        held = source.held;
        lendLimit = Math.min(capacity(), lendLimit + length);
        readLimit = lendLimit;
    }
}
