package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Where the memory of direct buffers is. Asking the JDK makes an object each time; the buffers of a loop are few, and the same again and
 * again, so their addresses are remembered. Owned by one thread.
 *
 * <p>A set-associative cache: a buffer has a few places it may be in, and another one may push it out. It keeps buffers
 * that are not used any more, but not for their memory's sake, which their owner gives back whether or not they are still known here.
 */
// Two buffers with the same bytes in them are equal, and elsewhere.
@SuppressWarnings("ReferenceEquality")
final class BufferAddresses {
    private static final int PLACES = 1024;
    private static final int WAYS = 4;

    private final @Nullable ByteBuffer[] buffers = new @Nullable ByteBuffer[PLACES];
    private final long[] addresses = new long[PLACES];
    private @Nullable ByteBuffer last;
    private long lastAddress;
    private int victim;

    /** The address of a direct buffer's first byte, wherever its position is. Good as long as the buffer is reachable. */
    long of(ByteBuffer buffer) {
        if (buffer != last) {
            lastAddress = find(buffer);
            last = buffer;
        }
        return lastAddress;
    }

    private long find(ByteBuffer buffer) {
        int first = System.identityHashCode(buffer) * WAYS & PLACES - 1;
        for (int i = first; i < first + WAYS; i++) {
            if (buffers[i] == buffer) {
                return addresses[i];
            }
        }
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer: " + buffer);
        }
        int place = first + (victim++ & WAYS - 1);
        buffers[place] = buffer;
        addresses[place] = MemorySegment.ofBuffer(buffer).address() - buffer.position();
        return addresses[place];
    }
}
