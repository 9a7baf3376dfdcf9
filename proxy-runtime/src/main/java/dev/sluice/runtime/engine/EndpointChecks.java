package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConnectionsEnd;
import dev.sluice.runtime.health.CheckResult;
import dev.sluice.runtime.health.CheckSettings;
import dev.sluice.runtime.health.CheckTarget;
import dev.sluice.runtime.health.HealthChecks;
import dev.sluice.runtime.health.Wanted;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.wiring.Generation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health checks of the endpoints that serve, and the effect of their results on endpoints and connections. Any
 * thread; results come on the thread of the checks.
 */
final class EndpointChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointChecks.class);

    /** The end of an endpoint's connections. */
    interface Ends {
        /**
         * Lets them end because checks find it down, unless they are to be kept.
         *
         * @param applies whether they are still to end
         */
        void of(EndpointState endpoint, ConnectionsEnd end, CloseReason reason, BooleanSupplier applies);
    }

    private final HealthChecks checks = new HealthChecks();
    private final Events events;
    private final Ends ends;
    /** The end that the connections of each endpoint that is down were given; another one replaces it. */
    private final Map<EndpointState, ConnectionsEnd> given = new ConcurrentHashMap<>();

    EndpointChecks(Events events, Ends ends) {
        this.events = events;
        this.ends = ends;
    }

    /** Checks exactly the endpoints that serve now. Those that were checked before go on with their counts. */
    void follow(Generation serving) {
        List<Wanted> wanted = new ArrayList<>();
        Set<EndpointState> endpoints = new HashSet<>();
        for (ClusterConfig config : serving.configuration().clusters()) {
            Cluster cluster = serving.clusters().get(config.name());
            CheckSettings settings = serving.checks().get(config.name());
            if (cluster == null || settings == null) {
                continue;
            }
            cluster.state().onConnectFailure(checks::checkSoon);
            for (Endpoint endpoint : cluster.endpoints().list()) {
                EndpointState state = endpoint.state();
                endpoints.add(state);
                wanted.add(new Wanted(state.address(), settings.with(endpoint.header().version()),
                        new Target(state, settings.asksPortOf(state.address()), config.onUnhealthy(), this)));
            }
        }
        given.keySet().retainAll(endpoints);
        checks.keep(wanted);
    }

    private void end(EndpointState endpoint, ConnectionsEnd end, boolean newlyDown) {
        if (end.equals(given.put(endpoint, end)) && !newlyDown) {
            return;
        }
        // Without an entry it has left its cluster, and what has begun goes on.
        ends.of(endpoint, end, CloseReason.ENDPOINT_UNHEALTHY,
                () -> isDown(endpoint) && end.equals(given.getOrDefault(endpoint, end)));
    }

    /**
     * An endpoint as its checks see it.
     *
     * @param samePort whether they ask the port that clients use
     */
    private record Target(EndpointState endpoint, boolean samePort, ConnectionsEnd onUnhealthy, EndpointChecks owner)
            implements
                CheckTarget {
        @Override
        public void passed() {
            if (endpoint.checkedUp(System.nanoTime())) {
                LOG.info("Cluster {}: the endpoint {} passes its health checks again.", endpoint.cluster().name(),
                        endpoint.label());
                owner.events.endpoint(endpoint.cluster().name(), endpoint.label(), true, "health checks pass");
            }
        }

        @Override
        public void failed(String reason) {
            boolean newlyDown = endpoint.checkedDown(reason);
            if (newlyDown) {
                LOG.warn("Cluster {}: the endpoint {} fails its health checks: {}. It gets no connections.",
                        endpoint.cluster().name(), endpoint.label(), reason);
                owner.events.endpoint(endpoint.cluster().name(), endpoint.label(), false,
                        "health checks fail: " + reason);
            }
            // Also if it was down before: a reload may have changed what becomes of its connections.
            owner.end(endpoint, onUnhealthy, newlyDown);
        }

        @Override
        public void counted(CheckResult result, String reason, long nanos) {
            endpoint.countCheck(result.label());
            if (result.counts() && result != CheckResult.PASSED) {
                endpoint.checkFailed(reason);
            }
            if (samePort && result.counts()) {
                endpoint.checkedOnce(result == CheckResult.PASSED, System.nanoTime());
            }
        }
    }

    /** Whether checks find an endpoint down, whatever operators say of it. */
    static boolean isDown(EndpointState endpoint) {
        return endpoint.downReason() != null;
    }

    /** Ends all checks, and their threads. */
    @Override
    public void close() {
        checks.close();
    }
}
