package dev.sluice.examples.benchmarks;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** The CPU time of a proxy, and of this process, which is load generator and upstream, while something is measured. */
final class Meter {
    private final @Nullable Peer proxy;
    private final long began = System.nanoTime();
    private final Peer.Cpu proxyBefore;
    private final Peer.Cpu generatorBefore;

    /** @param proxy null if there is none between clients and upstream */
    Meter(@Nullable Peer proxy) throws IOException {
        this.proxy = proxy;
        this.proxyBefore = proxy == null ? Peer.Cpu.NONE : proxy.cpu();
        this.generatorBefore = Peer.cpu(ProcessHandle.current().pid());
    }

    /**
     * What was used. Several threads may use more than one core.
     *
     * @param nanos of the wall clock
     * @param proxyNanos of CPU; NaN without a proxy
     * @param proxyPercent of one core that it had; NaN without a proxy
     * @param proxyWantedPercent the same and the time in which it could have run but others did
     * @param generatorPercent of one core
     */
    record Usage(double nanos, double proxyNanos, double proxyPercent, double proxyWantedPercent,
            double generatorPercent) {}

    Usage read() throws IOException {
        double nanos = System.nanoTime() - began;
        double generator = Peer.cpu(ProcessHandle.current().pid()).minus(generatorBefore).ranNanos();
        if (proxy == null) {
            return new Usage(nanos, Double.NaN, Double.NaN, Double.NaN, 100 * generator / nanos);
        }
        Peer.Cpu cpu = proxy.cpu().minus(proxyBefore);
        double ran = cpu.ranNanos();
        return new Usage(nanos, ran, 100 * ran / nanos, 100 * (ran + cpu.waitedNanos()) / nanos,
                100 * generator / nanos);
    }
}
