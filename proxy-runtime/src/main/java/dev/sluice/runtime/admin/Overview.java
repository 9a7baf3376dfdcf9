package dev.sluice.runtime.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.CertificateView;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.LastReload;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.observe.MemoryLimits;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.PipeView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.Readiness;
import dev.sluice.runtime.observe.ReloadsView;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.observe.ServingView;
import dev.sluice.runtime.transport.AddressText;

/**
 * One answer with all that a person who looks at the server again and again wants to see. It is made of counters: no event
 * loop is asked, so it may be polled. Any thread.
 */
final class Overview {
    private static final int EVENTS = 50;
    private static final int CERTIFICATES = 10;
    private static final double MILLIS = 1000.0;

    /** A certificate and the listener that serves it. */
    private record Served(String listener, CertificateView certificate) {}

    private final ProxyView view;

    Overview(ProxyView view) {
        this.view = view;
    }

    Response respond() {
        List<ListenerView> listeners = view.listeners();
        List<ClusterView> clusters = view.clusters();
        return Response.json(200, json -> {
            server(json, listeners, clusters);
            reload(json, view.reloads());
            listeners(json, listeners);
            clusters(json, clusters);
            loops(json, view.loops());
            certificates(json, listeners);
            json.name("events").beginArray();
            List<Event> events = view.events(0);
            events.subList(Math.max(0, events.size() - EVENTS), events.size())
                    .forEach(event -> CountersJson.event(json, event));
            json.endArray();
        });
    }

    private void server(JsonWriter json, List<ListenerView> listeners, List<ClusterView> clusters) {
        ServerState state = view.state();
        Map<String, ClusterView> byName = clusters.stream()
                .collect(Collectors.toMap(ClusterView::name, Function.identity()));
        List<String> reasons = Readiness.reasons(state, listeners, byName);
        ServingView serving = view.serving();
        json.name("state").value(state.label()).name("ready").value(reasons.isEmpty());
        json.name("reasons").beginArray();
        reasons.forEach(json::value);
        json.endArray().name("uptime_ms").millis(serving.uptimeNanos());
        json.name("generation").beginObject().name("number").value(serving.generation());
        json.name("since").value(serving.since().toString()).name("by").value(view.reloads().serving().label());
        json.name("source").value(serving.source()).name("alive").value(view.generationsAlive()).endObject();
        json.name("connections_active").value(serving.active());
        json.name("connections_max").value(serving.maxConnections());
    }

    private static void reload(JsonWriter json, ReloadsView reloads) {
        LastReload last = reloads.last();
        json.name("last_reload").beginObject().name("result").value(last == null ? "none" : last.result());
        json.name("time").value(last == null ? null : last.timeText());
        json.name("by").value(last == null ? null : last.cause().label());
        json.name("text").value(last == null ? null : last.text()).endObject();
    }

    private static void listeners(JsonWriter json, List<ListenerView> listeners) {
        json.name("listeners").beginArray();
        for (ListenerView listener : listeners) {
            json.beginObject().name("name").value(listener.name());
            json.name("address").value(AddressText.of(listener.address()));
            CountersJson.listener(json, listener);
            json.endObject();
        }
        json.endArray();
    }

    private static void clusters(JsonWriter json, List<ClusterView> clusters) {
        json.name("clusters").beginArray();
        for (ClusterView cluster : clusters) {
            json.beginObject().name("name").value(cluster.name());
            CountersJson.cluster(json, cluster);
            json.name("connect_ms_sum").millis(cluster.connect().sumNanos()).name("endpoints").beginArray();
            for (EndpointView endpoint : cluster.endpoints()) {
                json.beginObject();
                CountersJson.endpoint(json, endpoint);
                json.endObject();
            }
            json.endArray().endObject();
        }
        json.endArray();
    }

    private void loops(JsonWriter json, List<LoopView> loops) {
        json.name("loops").beginArray();
        for (LoopView loop : loops) {
            json.beginObject().name("loop").value(loop.index()).name("connections").value(loop.connections());
            json.name("busy_ratio").value(loop.busyRatio()).name("turns").value(loop.turns());
            json.name("turn_ms_max").value(loop.turnSecondsMax() * MILLIS);
            json.name("stall_ms_max").value(loop.stallSecondsMax() * MILLIS).endObject();
        }
        json.endArray();
        MemoryLimits limits = view.memoryLimits();
        MemoryView memory = MemoryView.sum(loops);
        json.name("memory").beginObject().name("pool").beginObject().name("limit").value(limits.poolBytes());
        MemoryJson.pool(json, memory);
        json.endObject().name("stash").beginObject().name("limit").value(limits.stashBytes());
        MemoryJson.stash(json, memory);
        json.endObject().name("pipes").beginObject().name("limit").value(limits.pipeBytes());
        MemoryJson.pipes(json, PipeView.sum(loops));
        json.endObject().endObject();
    }

    /** The certificates that expire first, each listener's by itself. */
    private static void certificates(JsonWriter json, List<ListenerView> listeners) {
        List<Served> soonest = listeners.stream().flatMap(
                listener -> listener.certificates().stream().map(each -> new Served(listener.name(), each)))
                .sorted(Comparator.comparing(served -> served.certificate().notAfter())).limit(CERTIFICATES).toList();
        json.name("certificates").beginArray();
        for (Served served : soonest) {
            json.beginObject().name("listener").value(served.listener());
            json.name("name").value(served.certificate().name());
            json.name("not_after").value(served.certificate().notAfter().toString()).endObject();
        }
        json.endArray();
    }
}
