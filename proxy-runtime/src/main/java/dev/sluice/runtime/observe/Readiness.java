package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rule by which a server is ready: it serves, and each listener has a usable endpoint. Stateless. */
public final class Readiness {
    private Readiness() {}

    /** The clusters of a server, by name. */
    public static Map<String, ClusterView> byName(List<ClusterView> clusters) {
        Map<String, ClusterView> byName = new HashMap<>();
        for (ClusterView cluster : clusters) {
            byName.put(cluster.name(), cluster);
        }
        return byName;
    }

    /** The reasons for which new connections cannot be served; empty = they can. */
    public static List<String> reasons(ServerState state, List<ListenerView> listeners,
            Map<String, ClusterView> clusters) {
        List<String> reasons = new ArrayList<>();
        if (state != ServerState.READY) {
            reasons.add("the server is " + state.label());
        }
        for (ListenerView listener : listeners) {
            if (usableEndpoints(clusters, listener) == 0) {
                reasons.add("listener " + listener.name() + " has no usable endpoint in "
                        + (listener.clusters().size() == 1 ? "cluster " : "any of the clusters ")
                        + String.join(", ", listener.clusters()));
            }
        }
        return reasons;
    }

    /** Usable endpoints in the clusters of a listener. */
    public static long usableEndpoints(Map<String, ClusterView> clusters, ListenerView listener) {
        return listener.clusters().stream().map(clusters::get).filter(Objects::nonNull)
                .flatMap(cluster -> cluster.endpoints().stream()).filter(EndpointView::usable).count();
    }
}
