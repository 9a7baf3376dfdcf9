package dev.sluice.runtime.memory;

import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop's share of {@code memory.pool} or {@code memory.stash}, which its allocations never exceed. Owned by one loop
 * thread, except for {@link #allocated} and {@link #allocatedPeak}, which any thread may read.
 */
final class Budget {
    private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

    private final ByteBufAllocator allocator;
    private final long limit;
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong allocatedPeak = new AtomicLong();
    private boolean refused;

    Budget(ByteBufAllocator allocator, long limit) {
        this.allocator = allocator;
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    /** Bytes held from the JVM now. */
    long allocated() {
        return allocated.getAcquire();
    }

    /** The most bytes that were ever held at one time. */
    long allocatedPeak() {
        return allocatedPeak.getAcquire();
    }

    long remaining() {
        return refused ? 0 : limit - allocated.getPlain();
    }

    @Nullable
    Slab allocate(SlabPool home, int cells, int cellBytes) {
        int bytes = cells * cellBytes;
        ByteBuf memory;
        try {
            memory = allocator.directBuffer(bytes, bytes);
        } catch (OutOfMemoryError e) {
            // Direct memory is bounded by the JVM too. A connection that wants a buffer waits as if the budget were
            // spent; the next trim tries again.
            refused = true;
            LOG.error(
                    "The JVM refused {} bytes of direct memory with {} of {} in use; connections wait for buffers. Raise"
                            + " -XX:MaxDirectMemorySize above memory.pool + memory.stash.",
                    bytes, allocated.getPlain(), limit, e);
            return null;
        }
        long now = allocated.getPlain() + bytes;
        allocated.setRelease(now);
        if (now > allocatedPeak.getPlain()) {
            allocatedPeak.setRelease(now);
        }
        return new Slab(home, memory, cellBytes);
    }

    void release(Slab slab) {
        allocated.setRelease(allocated.getPlain() - slab.bytes());
        slab.release();
    }

    void retryRefused() {
        refused = false;
    }
}
