package dev.sluice.runtime;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.relay.DescriptorReserve;

/** How many connections the process's descriptors suffice for. */
final class DescriptorBudget {
    /** For log files and class files that are still to be opened. */
    private static final int HEADROOM = 64;
    private static final int PER_LOOP = 3;
    private static final int PER_CONNECTION = 2;
    private static final int PER_PIPE = 2;
    /** Twice what an idle connection was measured to take, so that a heap full of them still has room to work. */
    private static final int HEAP_PER_CONNECTION = 2 * 1400;
    /** Where the system tells no limit. */
    private static final int WITHOUT_LIMIT = 65_536;

    private DescriptorBudget() {}

    /**
     * {@code limits.maxConnections}, or what the descriptor limit and the heap allow if it is not given.
     *
     * @param hasPipes whether the transport opens pipes, whose descriptors are kept free
     * @throws StartException if the limit does not suffice
     */
    static int maxConnections(Configuration configuration, boolean hasPipes) {
        int wanted = configuration.limits().maxConnections().orElse(0);
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os)) {
            return wanted > 0 ? wanted : WITHOUT_LIMIT;
        }
        long limit = os.getMaxFileDescriptorCount();
        long own = os.getOpenFileDescriptorCount() + HEADROOM + DescriptorReserve.size()
                + configuration.listeners().size()
                + (configuration.admin().isEmpty() ? 0 : AdminServer.MAX_DESCRIPTORS)
                + (long) PER_LOOP * configuration.runtime().eventLoops()
                + (hasPipes ? PER_PIPE * (configuration.memory().pipes().bytes() / PipePool.PIPE_BYTES) : 0);
        long possible = (limit - own) / PER_CONNECTION;
        if (possible < 1 || wanted > possible) {
            throw new StartException("limits.maxConnections: " + Math.max(1, wanted) + " connections need "
                    + (own + (long) PER_CONNECTION * Math.max(1, wanted))
                    + " file descriptors, but this process may open " + limit
                    + ". Raise the limit (ulimit -n), or set limits.maxConnections to at most " + Math.max(0, possible)
                    + ".");
        }
        long byHeap = Runtime.getRuntime().maxMemory() / HEAP_PER_CONNECTION;
        return wanted > 0 ? wanted : (int) Math.min(Integer.MAX_VALUE, Math.min(possible, byHeap));
    }
}
