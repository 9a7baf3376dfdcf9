package dev.sluice.runtime.admin;

import java.util.Map;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.observe.ListenerView;

/** Members of objects that several admin responses have: states and counters, and events. Stateless. */
final class CountersJson {
    private CountersJson() {}

    /** State and counters of a listener. */
    static void listener(JsonWriter json, ListenerView listener) {
        ListenerTotals totals = listener.totals();
        json.name("state").value(listener.state());
        json.name("connections_active").value(totals.active());
        json.name("connections_max").value(listener.maxConnections());
        json.name("accepted").value(totals.accepted()).name("proxied").value(totals.proxied());
        json.name("failed").value(totals.failed()).name("accept_errors").value(totals.acceptErrors());
        json.name("bytes").beginObject();
        totals.bytes().forEach((direction, n) -> json.name(direction.label()).value(n));
        json.endObject().name("closed").beginObject();
        for (Map.Entry<CloseReason, Long> closed : totals.closed().entrySet()) {
            if (closed.getValue() > 0) {
                json.name(closed.getKey().label()).value(closed.getValue());
            }
        }
        json.endObject();
    }

    /** Counters of a cluster. */
    static void cluster(JsonWriter json, ClusterView cluster) {
        json.name("connections_active").value(cluster.active());
        json.name("connections_max").value(cluster.maxConnections());
        json.name("panic").value(cluster.panic()).name("queued").value(cluster.queued());
        json.name("connects").value(cluster.connect().connected()).name("connect_failures").beginObject();
        cluster.connect().failures().forEach((reason, n) -> json.name(reason.label()).value(n));
        json.endObject();
    }

    /** State and counters of an endpoint. */
    static void endpoint(JsonWriter json, EndpointView endpoint) {
        json.name("address").value(endpoint.address()).name("up").value(endpoint.up());
        json.name("state").value(endpoint.state()).name("detail").value(endpoint.detail());
        json.name("weight").value(endpoint.weight()).name("backup").value(endpoint.backup());
        json.name("connections_active").value(endpoint.active());
        json.name("connections_max").value(endpoint.maxConnections());
        json.name("connects").value(endpoint.connects());
        json.name("connect_failures").value(endpoint.connectFailures());
    }

    /** An event, as an object. */
    static void event(JsonWriter json, Event event) {
        json.beginObject().name("number").value(event.number()).name("time").value(event.timeText());
        json.name("kind").value(event.kind().label()).name("subject").value(event.subject());
        json.name("text").value(event.text()).endObject();
    }
}
