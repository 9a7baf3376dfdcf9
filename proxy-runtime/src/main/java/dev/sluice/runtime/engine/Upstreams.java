package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ConnectionsEnd;
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
    private final EndpointChecks checks;
    private volatile Predicate<SocketAddress> ownAddress = address -> false;
    private boolean started;

    /** @param reloading held by a reload */
    Upstreams(EventLoops loops, ReentrantLock reloading, Events events) {
        this.loops = loops;
        this.checks = new EndpointChecks(events, this::end);
        this.membership = new Membership(reloading, events, this::close, checks::follow);
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
     * @param bound the addresses of the listeners, by their names
     */
    void start(Generation first, Map<String, SocketAddress> bound, MachineAddresses machine) {
        started = true;
        publish(first, bound, machine);
    }

    /** Asks the sources that are new in a configuration, and waits for their first answers, but not for long. */
    void prepare(Configuration serving, Configuration next) {
        Set<SourceSettings> known = Membership.sources(serving);
        Set<SourceSettings> added = new HashSet<>(Membership.sources(next));
        added.removeAll(known);
        if (added.isEmpty()) {
            // A source that has had no answer so far is not waited for at each reload.
            return;
        }
        Set<SourceSettings> all = new HashSet<>(known);
        all.addAll(added);
        discovery.keep(all);
        discovery.await(added, FIRST_ANSWER);
    }

    /** Forgets the sources that only a configuration named that is not going to serve. */
    void settle(Configuration serving) {
        discovery.keep(Membership.sources(serving));
    }

    /** Lets a generation serve. */
    void publish(Generation next, Map<String, SocketAddress> bound, MachineAddresses machine) {
        ownAddress = SelfDialCheck.own(next.configuration(), bound, machine);
        membership.publish(next);
        if (started) {
            discovery.keep(Membership.sources(next.configuration()));
        }
    }

    /** Takes the answers that came during a reload. After its lock was given back, and not on an event loop. */
    void catchUp() {
        membership.catchUp();
    }

    /** The sources of endpoints. */
    Map<SourceSettings, EndpointSourceView> sources() {
        return discovery.views();
    }

    private void end(EndpointState endpoint, ConnectionsEnd end, CloseReason reason, BooleanSupplier applies) {
        membership.end(endpoint, end, reason, applies);
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
        checks.close();
        discovery.close();
    }
}
