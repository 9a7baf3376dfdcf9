package dev.sluice.runtime.engine;

import java.util.Map;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.limit.ConnectionLimit;
import org.jspecify.annotations.Nullable;

/**
 * The world as a running server knows it.
 *
 * @param generation the number of the generation that serves
 * @param running the sockets in use
 * @param processLimit over all listeners
 */
record RunningWorld(long generation, Map<String, Listeners.Open> running,
        ConnectionLimit processLimit) implements Explainer.World {
    @Override
    public Explainer.@Nullable Socket socket(ListenerConfig listener) {
        Listeners.Open open = running.get(listener.name());
        return open == null ? null : Explainer.Socket.of(open.acceptor(), processLimit);
    }

    @Override
    public String state(EndpointState endpoint, long now) {
        return endpoint.word(now).label();
    }

    @Override
    public String noEndpoints(Cluster cluster) {
        return "the cluster has no endpoints: the connection is reset (no-endpoint)";
    }
}
