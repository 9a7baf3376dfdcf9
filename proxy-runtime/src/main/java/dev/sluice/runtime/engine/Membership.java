package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ClusterRules;
import dev.sluice.runtime.cluster.ClusterState;
import dev.sluice.runtime.cluster.EndpointSet;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.cluster.LoadBalancer;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ConnectionsEnd;
import dev.sluice.runtime.discovery.Discovery;
import dev.sluice.runtime.discovery.FoundEndpoint;
import dev.sluice.runtime.discovery.SourceSettings;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.wiring.ClusterSettings;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that the clusters of the serving generation have now, by configuration and discovery; and what becomes of
 * the connections of those that leave, or are found down.
 *
 * <p>Published by a reload and changed by discovery, on threads of their own: one at a time, under a lock.
 */
final class Membership {
    private static final EndpointSet NO_ENDPOINTS = new EndpointSet(List.of(), LoadBalancer.roundRobin());

    /** The end of the connections of an endpoint. */
    interface Closing {
        /**
         * Resets the connections of an endpoint, spread over a period, each at a quiet moment.
         *
         * @param applies whether they are still to be closed; asked at each look
         */
        void of(EndpointState endpoint, Duration period, CloseReason reason, BooleanSupplier applies);
    }

    /** A part of the server that follows the endpoints: health checks. */
    interface Follower {
        /** The endpoints are others, or other rules hold for them. */
        void follow(Generation serving);
    }

    private final ReentrantLock lock = new ReentrantLock();
    /** Held by a reload, which makes states of endpoints that do not serve yet, and removes those that nothing needs. */
    private final ReentrantLock reloading;
    private final Events events;
    private final Closing closing;
    private final Follower checks;
    private @Nullable Generation serving;
    private @Nullable Discovery discovery;

    /** @param reloading held by a reload */
    Membership(ReentrantLock reloading, Events events, Closing closing, Follower checks) {
        this.reloading = reloading;
        this.events = events;
        this.closing = closing;
        this.checks = checks;
    }

    /** Sets the source of answers. Before the first generation is published. */
    void discovery(Discovery sources) {
        discovery = sources;
    }

    /** The sources that a configuration names. */
    static Set<SourceSettings> sources(Configuration configuration) {
        Set<SourceSettings> sources = new HashSet<>();
        for (ClusterConfig cluster : configuration.clusters()) {
            SourceSettings source = ClusterSettings.source(cluster);
            if (source != null) {
                sources.add(source);
            }
        }
        return sources;
    }

    /** Lets the clusters of a generation serve that is the first and the only one, with the endpoints that it was built with. */
    static void publishFirst(Generation only) {
        for (ClusterConfig config : only.configuration().clusters()) {
            Cluster cluster = only.clusters().get(config.name());
            if (cluster != null) {
                cluster.state().serve(cluster.endpoints(), ClusterSettings.rules(config), System.nanoTime());
            }
        }
    }

    /** Lets the clusters of a generation serve, in the place of those of the one before. */
    void publish(Generation next) {
        lock.lock();
        try {
            Generation before = serving;
            serving = next;
            for (ClusterConfig config : next.configuration().clusters()) {
                // An answer may have come since the generation was built.
                SourceSettings source = ClusterSettings.source(config);
                List<FoundEndpoint> answer = source == null || discovery == null ? null : discovery.current(source);
                Cluster cluster = next.clusters().get(config.name());
                if (cluster != null) {
                    if (answer != null) {
                        ClusterSettings.adopt(cluster, config, answer);
                    }
                    serve(cluster.state(), cluster.endpoints(), ClusterSettings.rules(config), config.onRemoved());
                }
            }
            if (before != null) {
                before.configuration().clusters().stream()
                        .filter(config -> !next.clusters().containsKey(config.name()))
                        .forEach(config -> serve(next.running().cluster(config.name()), NO_ENDPOINTS,
                                ClusterRules.NONE, config.onRemoved()));
            }
            checks.follow(next);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the answer of a source; while a reload is under way, {@link #catchUp} takes it afterwards. */
    void found(SourceSettings source, List<FoundEndpoint> answer) {
        if (reloading.tryLock()) {
            try {
                adopt(source, answer);
            } finally {
                reloading.unlock();
            }
        }
    }

    /** Takes the answers that came during a reload, whatever became of that. After its lock was given back. */
    void catchUp() {
        reloading.lock();
        try {
            Generation now = serving;
            Discovery answers = discovery;
            if (now == null || answers == null) {
                return;
            }
            for (SourceSettings source : sources(now.configuration())) {
                List<FoundEndpoint> answer = answers.current(source);
                if (answer != null) {
                    adopt(source, answer);
                }
            }
        } finally {
            reloading.unlock();
        }
    }

    private void adopt(SourceSettings source, List<FoundEndpoint> answer) {
        lock.lock();
        try {
            Generation now = serving;
            if (now == null) {
                return;
            }
            boolean changed = false;
            for (ClusterConfig config : now.configuration().clusters()) {
                Cluster cluster = now.clusters().get(config.name());
                if (cluster != null && source.equals(ClusterSettings.source(config))
                        && ClusterSettings.adopt(cluster, config, answer)) {
                    serve(cluster.state(), cluster.endpoints(), ClusterSettings.rules(config), config.onRemoved());
                    events.add(Event.Kind.DISCOVERY, "cluster " + config.name(), source.label() + ": "
                            + answer.size() + (answer.size() == 1 ? " endpoint" : " endpoints"));
                    changed = true;
                }
            }
            if (changed) {
                now.running().prune();
                checks.follow(now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void serve(ClusterState cluster, EndpointSet endpoints, ClusterRules rules, ConnectionsEnd onRemoved) {
        for (EndpointState gone : cluster.serve(endpoints, rules, System.nanoTime())) {
            end(gone, onRemoved, CloseReason.ENDPOINT_REMOVED, () -> !cluster.serving().contains(gone));
        }
    }

    /** Lets the connections of an endpoint end as its cluster says. */
    void end(EndpointState endpoint, ConnectionsEnd end, CloseReason reason, BooleanSupplier applies) {
        Duration period = end.period();
        if (period != null && endpoint.active() > 0) {
            closing.of(endpoint, period, reason, applies);
        }
    }
}
