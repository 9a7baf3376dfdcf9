package dev.sluice.runtime.memory;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * All direct memory of one server, handed out in one {@link LoopMemory} for each event loop. Thread-safe; closed after the loops have
 * ended, and then owns nothing.
 *
 * <p>Slabs come from netty's unpooled allocator. Its pooled one was measured first: without {@code Unsafe}, as on Java 25, it allocates
 * about 108 bytes of heap for every buffer it hands out (172 with the {@code ByteBuffer} view that a system call needs), keeps its
 * last chunk until the collector finds it, and rounds to size classes of its own. Cells over unpooled slabs cost no allocation per
 * borrow and are gone when the server is closed.
 */
public final class BufferPool implements AutoCloseable {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final List<LoopMemory> shares = new ArrayList<>();
    private final MemoryBounds bounds;

    /** @param bounds for the whole server */
    public BufferPool(MemoryBounds bounds, int loops) {
        this.bounds = bounds;
        for (int i = 0; i < loops; i++) {
            shares.add(new LoopMemory(bounds.readBuffer(), new Budget(allocator, bounds.pool() / loops),
                    new Budget(allocator, bounds.stash() / loops), bounds.pipes() / loops));
        }
    }

    /** The share of the loop with this index. */
    public LoopMemory share(int loop) {
        return shares.get(loop);
    }

    /** The bounds of the whole server. */
    public MemoryBounds bounds() {
        return bounds;
    }

    /** Direct memory held from the JVM now, in bytes, lent or not. */
    public long allocatedBytes() {
        return allocator.metric().usedDirectMemory();
    }

    /** Gives all memory back to the JVM. The loops must have ended: what they still held is invalid from now on. */
    @Override
    public void close() {
        shares.forEach(LoopMemory::close);
    }
}
