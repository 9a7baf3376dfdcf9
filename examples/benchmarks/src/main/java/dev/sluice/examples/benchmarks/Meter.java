package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The CPU time of a proxy, and of this process, which is load generator and upstream, while something is measured. */
final class Meter {
    private static final List<Long> GENERATOR = List.of(ProcessHandle.current().pid());

    private final @Nullable Peer proxy;
    private final long began = System.nanoTime();
    private final @Nullable Cpu proxyBefore;
    private final Cpu generatorBefore;

    /** @param proxy null if there is none between clients and upstream */
    Meter(@Nullable Peer proxy) throws IOException {
        this.proxy = proxy;
        this.proxyBefore = proxy == null ? null : proxy.cpu();
        this.generatorBefore = new Cpu(GENERATOR);
    }

    /**
     * Time of CPUs. Several threads may have used more than one core.
     *
     * @param nanos of the wall clock
     * @param proxyNanos of CPU; NaN without a proxy
     * @param proxyPercent of one core that it had; NaN without a proxy
     * @param proxyWantedPercent of the time, in which its busiest thread ran, or could have run but others did
     * @param generatorPercent of one core
     */
    record Usage(double nanos, double proxyNanos, double proxyPercent, double proxyWantedPercent,
            double generatorPercent) {}

    Usage read() throws IOException {
        double nanos = System.nanoTime() - began;
        double generator = 100 * new Cpu(GENERATOR).ranSince(generatorBefore) / nanos;
        if (proxy == null || proxyBefore == null) {
            return new Usage(nanos, Double.NaN, Double.NaN, Double.NaN, generator);
        }
        Cpu now = proxy.cpu();
        double ran = now.ranSince(proxyBefore);
        return new Usage(nanos, ran, 100 * ran / nanos, 100 * now.wantedSince(proxyBefore) / nanos, generator);
    }
}
