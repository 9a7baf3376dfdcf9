package dev.sluice.runtime.memory;

import org.jspecify.annotations.Nullable;

/**
 * The memory that a process may use, divided among heap and buffers: default bounds that fit, and a check of bounds
 * that the operator chose. In bytes; pure.
 *
 * <p>A quarter of the memory goes to the heap (the launcher sees to that), an eighth to {@code pool}, {@code stash} and {@code pipes} together.
 * The rest is for the JVM itself, for threads, and for what the kernel keeps for sockets, which no bound of this process reaches.
 *
 * @param available memory of the machine, or of the control group if that is less
 * @param heap the most that the heap may take
 */
public record MemoryPlan(long available, long heap) {
    /** The plan of a machine where everything fits: the defaults that the documentation names. */
    public static final MemoryPlan AMPLE = new MemoryPlan(Long.MAX_VALUE, 0);

    private static final long MIB = 1L << 20;
    private static final long MOST_POOL = 64 * MIB;
    private static final long MOST_STASH = 32 * MIB;
    private static final long MOST_PIPES = 32 * MIB;
    private static final int POOL_PART = 16;
    private static final int STASH_PART = 32;
    private static final int PIPES_PART = 32;
    /**
     * Memory of a process that has only just started, without heap and buffers: classes, code, threads, libraries
     * (measured).
     */
    public static final long JVM_ITSELF = 64 * MIB;

    /**
     * The default of {@code memory.pool}: 64 MiB, or less where there is less than 1 GiB.
     *
     * @param needed the least that can be configured
     */
    public long pool(long needed) {
        return part(POOL_PART, needed, MOST_POOL);
    }

    /**
     * The default of {@code memory.stash}: 32 MiB, or less where there is less than 1 GiB.
     *
     * @param needed the least that can be configured
     */
    public long stash(long needed) {
        return part(STASH_PART, needed, MOST_STASH);
    }

    /**
     * The default of {@code memory.pipes}: 32 MiB, or less where there is less than 1 GiB, but one pipe for each loop in any case.
     *
     * @param onePipeEach bytes of one pipe for each loop
     */
    public long pipes(long onePipeEach) {
        return Math.max(onePipeEach, part(PIPES_PART, onePipeEach, MOST_PIPES));
    }

    /** A part of the available memory in whole MiB, a number that a person would write. */
    private long part(int divisor, long needed, long most) {
        return Math.min(most, Math.max(available / divisor / MIB * MIB, needed));
    }

    /** The most memory that the process may come to use with these bounds. */
    public long sum(long pool, long stash, long pipes) {
        return heap + pool + stash + pipes + JVM_ITSELF;
    }

    /** A sentence for the operator if the sum does not fit; {@code null} if it does. */
    public @Nullable String misfit(long pool, long stash, long pipes) {
        long sum = sum(pool, stash, pipes);
        if (sum <= available) {
            return null;
        }
        return "pool " + mib(pool) + " + stash " + mib(stash) + " + pipes " + mib(pipes) + " + the heap's " + mib(heap)
                + " + " + mib(JVM_ITSELF) + " for the JVM itself are " + mib(sum) + ", and this machine or control"
                + " group has " + mib(available) + ": under load the system may kill the process. Lower these bounds or"
                + " -Xmx, or give it more memory";
    }

    private static String mib(long bytes) {
        return (bytes + MIB - 1) / MIB + "MiB";
    }
}
