package dev.sluice.runtime.engine;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.health.HealthChecks;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.relay.DescriptorReserve;
import org.jspecify.annotations.Nullable;

/**
 * The number of connections that the file descriptors and the heap of this process suffice for.
 *
 * @param limit file descriptors that the process may have open; {@link #UNKNOWN} where the system does not report it
 * @param own descriptors that the proxy needs besides those of its connections
 * @param wanted {@code limits.maxConnections}; 0 = as many as possible
 * @param heapBytes the largest heap
 */
record DescriptorBudget(long limit, long own, int wanted, long heapBytes) {
    static final long UNKNOWN = -1;
    /** Descriptors for log files and class files that are still to be opened. */
    private static final int HEADROOM = 64;
    private static final int PER_LOOP = 3;
    private static final int PER_CONNECTION = 2;
    private static final int PER_PIPE = 2;
    /** A question for each type of record, and its repetition by TCP. */
    private static final int PER_NAME = 4;
    /**
     * The heap of a connection: twice the measured size of an idle one, so that a heap full of them still has room to
     * work.
     */
    private static final int HEAP_PER_CONNECTION = 2 * 1400;
    /** The most connections where the system does not report its limit. */
    private static final int WITHOUT_LIMIT = 65_536;

    /**
     * The budget of a configuration.
     * @param hasPipes whether the transport opens pipes, whose descriptors are kept free
     * @param openAtStart descriptors that the process had open before the proxy opened its own, from {@link #openNow}
     */
    static DescriptorBudget of(Configuration configuration, boolean hasPipes, long openAtStart) {
        int wanted = configuration.limits().maxConnections().orElse(0);
        long heap = Runtime.getRuntime().maxMemory();
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os)) {
            return new DescriptorBudget(UNKNOWN, 0, wanted, heap);
        }
        long own = openAtStart + HEADROOM + DescriptorReserve.size()
                + configuration.listeners().size()
                + (configuration.admin().isEmpty() ? 0 : AdminServer.MAX_DESCRIPTORS)
                + endpoints(configuration)
                + (long) PER_LOOP * configuration.runtime().eventLoops()
                + (hasPipes ? PER_PIPE * (configuration.memory().pipes().bytes() / PipePool.PIPE_BYTES) : 0);
        return new DescriptorBudget(os.getMaxFileDescriptorCount(), own, wanted, heap);
    }

    /** The descriptors of health checks and of questions to DNS servers. */
    private static long endpoints(Configuration configuration) {
        boolean checked = configuration.clusters().stream().anyMatch(cluster -> cluster.healthCheck().isPresent());
        long names = configuration.clusters().stream().filter(cluster -> cluster.dns().isPresent()).count();
        return (checked ? HealthChecks.MAX_DESCRIPTORS : 0) + PER_NAME * names;
    }

    /** The problem if the descriptors do not suffice for a configuration; none if they do. */
    List<Problem> refusals(Configuration configuration) {
        String refusal = refusal();
        return refusal == null
                ? List.of()
                : List.of(Problem.refusal(configuration.limits().place(), "maxConnections", refusal));
    }

    /** Descriptors that the process has open now; 0 where the system does not report it. */
    static long openNow() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? os.getOpenFileDescriptorCount()
                : 0;
    }

    /** The smallest limit with which this configuration starts. */
    long needed() {
        return own + (long) PER_CONNECTION * Math.max(1, wanted);
    }

    private long possible() {
        return limit == UNKNOWN ? WITHOUT_LIMIT : Math.max(0, (limit - own) / PER_CONNECTION);
    }

    /**
     * {@code limits.maxConnections}; if it is not set, the most connections that the descriptors and the heap allow. Of
     * a budget without {@link #refusal}.
     */
    int maxConnections() {
        if (wanted > 0) {
            return wanted;
        }
        return limit == UNKNOWN
                ? WITHOUT_LIMIT
                : Math.clamp(Math.min(possible(), heapBytes / HEAP_PER_CONNECTION), 1, Integer.MAX_VALUE);
    }

    /** The problem if the descriptors do not suffice; null if they do. */
    @Nullable
    String refusal() {
        long possible = possible();
        if (limit == UNKNOWN || possible >= Math.max(1, wanted)) {
            return null;
        }
        String raise = "Raise the limit to at least " + needed() + " (ulimit -n " + needed() + ")";
        if (possible < 1) {
            return "this proxy needs " + own + " file descriptors for itself and " + PER_CONNECTION
                    + " for each connection, but this process may open " + limit + ". " + raise + ".";
        }
        return wanted + " connections need " + needed()
                + " file descriptors, but this process may open " + limit + ". " + raise
                + ", or set limits.maxConnections to at most " + possible + ".";
    }
}
