package dev.sluice.examples.benchmarks;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** The CPU time of a proxy, and of this process, which is load generator and upstream, while something is measured. */
final class Meter {
    private final @Nullable Peer proxy;
    private final long began = System.nanoTime();
    private final long proxyBefore;
    private final long generatorBefore;

    /** @param proxy null if there is none between clients and upstream */
    Meter(@Nullable Peer proxy) throws IOException {
        this.proxy = proxy;
        this.proxyBefore = proxy == null ? 0 : proxy.cpuNanos();
        this.generatorBefore = Peer.cpuNanos(ProcessHandle.current().pid());
    }

    /**
     * What was used.
     *
     * @param nanos of the wall clock
     * @param proxyNanos of CPU; NaN without a proxy
     * @param generatorNanos of CPU
     */
    record Usage(double nanos, double proxyNanos, double generatorNanos) {
        /** Of one core, in percent. */
        double proxyPercent() {
            return 100 * proxyNanos / nanos;
        }

        /** Of one core, in percent; two threads of this process may use two. */
        double generatorPercent() {
            return 100 * generatorNanos / nanos;
        }
    }

    Usage read() throws IOException {
        double proxyNanos = proxy == null ? Double.NaN : proxy.cpuNanos() - proxyBefore;
        return new Usage(System.nanoTime() - began, proxyNanos,
                Peer.cpuNanos(ProcessHandle.current().pid()) - generatorBefore);
    }
}
