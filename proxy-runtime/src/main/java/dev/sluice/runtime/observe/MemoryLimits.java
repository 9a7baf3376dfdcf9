package dev.sluice.runtime.observe;

import dev.sluice.runtime.memory.MemoryBounds;

/**
 * The bounds of the memory that moves bytes, for the whole server.
 *
 * @param readBuffer the size of one buffer, in bytes
 * @param poolBytes all buffers together, in bytes
 * @param stashBytes all bytes kept for slow receivers together
 * @param pipeBytes content of all kernel pipes together
 */
public record MemoryLimits(long readBuffer, long poolBytes, long stashBytes, long pipeBytes) {
    /** The limits for the bounds of a pool. */
    public static MemoryLimits of(MemoryBounds bounds) {
        return new MemoryLimits(bounds.readBuffer(), bounds.pool(), bounds.stash(), bounds.pipes());
    }
}
