package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.discovery.Discovery;
import dev.sluice.runtime.discovery.SourceSettings;
import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.wiring.ConfiguredEndpointFiles;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.SourceAnswers;

/**
 * Discovery and health checks, which run beside the event loops for the endpoints of clusters, and the
 * {@link Membership} that both change. Threads begin with {@link #start}, and only for a configuration that needs them.
 */
final class Upstreams implements AutoCloseable {
    /** The time that a reload waits for the first answers of sources that are new. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

    private final EventLoops loops;
    private final Membership membership;
    private final Discovery discovery;
    private volatile Predicate<SocketAddress> ownAddress = address -> false;
    private boolean started;

    Upstreams(EventLoops loops, Events events) {
        this.loops = loops;
        this.membership = new Membership(events, this::close, serving -> {});
        this.discovery = new Discovery(new ConfiguredEndpointFiles(System.getenv()),
                address -> ownAddress.test(address),
                membership::found);
        membership.discovery(discovery);
    }

    /** The answers so far. */
    SourceAnswers answers() {
        return discovery::current;
    }

    /**
     * Lets the first generation serve, and begins to ask. Waits for no answer.
     *
     * @param own whether an address leads to this proxy
     */
    void start(Generation first, Predicate<SocketAddress> own) {
        started = true;
        publish(first, own);
    }

    /** Asks the sources that are new in a configuration, and waits for their first answers, but not for long. */
    void prepare(Configuration serving, Configuration next) {
        Set<SourceSettings> wanted = Membership.sources(next);
        Set<SourceSettings> all = new HashSet<>(Membership.sources(serving));
        all.addAll(wanted);
        discovery.keep(all);
        discovery.await(wanted, FIRST_ANSWER);
    }

    /** Forgets the sources that only a configuration named that is not going to serve. */
    void settle(Configuration serving) {
        discovery.keep(Membership.sources(serving));
    }

    /** Lets a generation serve. */
    void publish(Generation next, Predicate<SocketAddress> own) {
        ownAddress = own;
        membership.publish(next);
        if (started) {
            discovery.keep(Membership.sources(next.configuration()));
        }
    }

    /** The sources of endpoints. */
    Map<SourceSettings, EndpointSourceView> sources() {
        return discovery.views();
    }

    /** See {@link Membership.Closing}. */
    void close(EndpointState endpoint, Duration period, CloseReason reason, BooleanSupplier applies) {
        long start = System.nanoTime();
        loops.workers()
                .forEach(worker -> worker.drainEndpoint(endpoint, applies, reason, start, period.toNanos()));
    }

    /** Ends discovery and health checks, and their threads. */
    @Override
    public void close() {
        discovery.close();
    }
}
