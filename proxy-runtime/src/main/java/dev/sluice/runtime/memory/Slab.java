package dev.sluice.runtime.memory;

import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;

import io.netty.buffer.ByteBuf;

/** One allocation of direct memory, cut into cells of equal size. */
final class Slab {
    private final SlabPool home;
    private final ByteBuf memory;
    private final ByteBuffer view;
    /** The whole slab, for access at an index. */
    private final ByteBuffer bytes;
    private final int cellBytes;
    private final int cells;
    private int free;
    /** The native address, once {@link #address} has found it; 0 = not yet. */
    private long address;

    Slab(SlabPool home, ByteBuf memory, int cellBytes) {
        this.home = home;
        this.memory = memory;
        this.view = memory.internalNioBuffer(0, memory.capacity());
        this.bytes = view.duplicate();
        this.cellBytes = cellBytes;
        this.cells = memory.capacity() / cellBytes;
    }

    SlabPool home() {
        return home;
    }

    int cellBytes() {
        return cellBytes;
    }

    int cells() {
        return cells;
    }

    int bytes() {
        return memory.capacity();
    }

    boolean unused() {
        return free == cells;
    }

    void cellFreed() {
        free++;
    }

    void cellTaken() {
        free--;
    }

    /** The native address of the first byte. The result of {@code finder} is kept, because finding it may allocate. */
    long address(ToLongFunction<ByteBuffer> finder) {
        if (address == 0) {
            address = finder.applyAsLong(bytes);
        }
        return address;
    }

    ByteBuffer view(int from, int to) {
        return view.limit(to).position(from);
    }

    void copy(Slab source, int from, int to, int length) {
        bytes.put(to, source.bytes, from, length);
    }

    byte byteAt(int index) {
        return bytes.get(index);
    }

    int intAt(int index) {
        return bytes.getInt(index);
    }

    long longAt(int index) {
        return bytes.getLong(index);
    }

    void copyTo(int from, byte[] target, int at, int length) {
        bytes.get(from, target, at, length);
    }

    void copyFrom(byte[] source, int at, int to, int length) {
        bytes.put(to, source, at, length);
    }

    void put(int index, byte value) {
        bytes.put(index, value);
    }

    void release() {
        memory.release();
    }
}
