package dev.sluice.runtime.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop's share of {@code memory.pool} or {@code memory.stash}: what is allocated never exceeds it. Owned by one loop thread. */
final class Budget {
    private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

    private final ByteBufAllocator allocator;
    private final long limit;
    private long allocated;
    private boolean refused;

    Budget(ByteBufAllocator allocator, long limit) {
        this.allocator = allocator;
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    long allocated() {
        return allocated;
    }

    long remaining() {
        return refused ? 0 : limit - allocated;
    }

    @Nullable
    Slab allocate(SlabPool home, int cells, int cellBytes) {
        int bytes = cells * cellBytes;
        ByteBuf memory;
        try {
            memory = allocator.directBuffer(bytes, bytes);
        } catch (OutOfMemoryError e) {
            // Direct memory is bounded by the JVM too. Whoever wants a buffer waits as if the budget were spent; the next trim tries again.
            refused = true;
            LOG.error(
                    "The JVM refused {} bytes of direct memory with {} of {} in use; connections wait for buffers. Raise"
                            + " -XX:MaxDirectMemorySize above memory.pool + memory.stash.",
                    bytes, allocated, limit, e);
            return null;
        }
        allocated += bytes;
        return new Slab(home, memory, cellBytes);
    }

    void release(Slab slab) {
        allocated -= slab.bytes();
        slab.release();
    }

    void retryRefused() {
        refused = false;
    }
}
