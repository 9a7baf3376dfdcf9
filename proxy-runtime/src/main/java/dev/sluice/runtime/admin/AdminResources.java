package dev.sluice.runtime.admin;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.FilterView;
import dev.sluice.runtime.observe.GenerationView;
import dev.sluice.runtime.observe.ListenerUse;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.observe.MemoryLimits;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.PipeView;
import dev.sluice.runtime.observe.PluginView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.Readiness;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * The resources that show the server. Field names are those of the access log where both have a field; sizes are in
 * bytes, times in milliseconds. Any thread.
 */
final class AdminResources {
    private final ProxyView view;

    AdminResources(ProxyView view) {
        this.view = view;
    }

    /** 200: a process that answers is alive. */
    Response live() {
        return Response.json(200, json -> json.name("live").value(true).name("state").value(view.state().label()));
    }

    /** 200 if new connections can be served; otherwise 503 and the reasons. */
    Response ready() {
        ServerState state = view.state();
        Map<String, ClusterView> clusters = Readiness.byName(view.clusters());
        List<ListenerView> listeners = view.listeners();
        List<String> reasons = Readiness.reasons(state, listeners, clusters);
        return Response.json(reasons.isEmpty() ? 200 : 503, json -> {
            json.name("ready").value(reasons.isEmpty()).name("state").value(state.label());
            json.name("reasons").beginArray();
            reasons.forEach(json::value);
            json.endArray().name("listeners").beginArray();
            for (ListenerView listener : listeners) {
                json.beginObject().name("name").value(listener.name());
                clusters(json, listener);
                json.name("usable_endpoints").value(Readiness.usableEndpoints(clusters, listener));
                json.name("panic").value(listener.clusters().stream().map(clusters::get).filter(Objects::nonNull)
                        .anyMatch(ClusterView::panic)).endObject();
            }
            json.endArray();
        });
    }

    private static void clusters(JsonWriter json, ListenerView listener) {
        json.name("cluster").value(listener.clusters().isEmpty() ? null : listener.clusters().getLast());
        json.name("clusters").beginArray();
        listener.clusters().forEach(json::value);
        json.endArray();
    }

    /** Every listener with its counters. */
    Response listeners() {
        return Response.json(200, json -> {
            json.name("listeners").beginArray();
            for (ListenerView listener : view.listeners()) {
                json.beginObject().name("name").value(listener.name());
                json.name("address").value(AddressText.of(listener.address()));
                clusters(json, listener);
                CountersJson.listener(json, listener);
                TlsJson.listener(json, listener);
                json.endObject();
            }
            json.endArray();
        });
    }

    /** The generations that are alive, with what keeps them alive. */
    Response generations() {
        List<GenerationView> generations = view.generations();
        return Response.json(200, json -> {
            json.name("generations").beginArray();
            for (GenerationView generation : generations) {
                json.beginObject().name("number").value(generation.number());
                json.name("serving").value(generation.serving()).name("since").value(generation.since().toString());
                json.name("source").value(generation.source()).name("sha256").value(generation.sha256());
                json.name("connections").value(generation.connections()).name("listeners").beginArray();
                for (ListenerUse use : generation.listeners()) {
                    json.beginObject().name("name").value(use.name()).name("connections").value(use.connections());
                    json.endObject();
                }
                json.endArray().name("oldest_connection");
                if (generation.oldestConnection().isPresent()) {
                    json.value(generation.oldestConnection().getAsLong());
                    json.name("oldest_age_ms").millis(generation.oldestAgeNanos());
                } else {
                    json.value((String) null).name("oldest_age_ms").value((String) null);
                }
                json.name("open_filters").value(generation.openFilters()).endObject();
            }
            json.endArray();
        });
    }

    /** The files of the configuration as they are written. */
    static Response config(List<ConfigFileView> files) {
        return Response.json(200, json -> {
            json.name("files").beginArray();
            for (ConfigFileView file : files) {
                json.beginObject().name("path").value(file.path()).name("text").value(file.text()).endObject();
            }
            json.endArray();
        });
    }

    /** Every cluster with its endpoints. */
    Response clusters() {
        return Response.json(200, json -> {
            json.name("clusters").beginArray();
            for (ClusterView cluster : view.clusters()) {
                json.beginObject().name("name").value(cluster.name());
                json.name("load_balancing").value(cluster.loadBalancing());
                CountersJson.cluster(json, cluster);
                source(json.name("source"), cluster.source());
                json.name("endpoints").beginArray();
                for (EndpointView endpoint : cluster.endpoints()) {
                    json.beginObject();
                    CountersJson.endpoint(json, endpoint);
                    json.name("checks").beginObject();
                    endpoint.checks().forEach((result, n) -> json.name(result).value(n));
                    json.endObject().endObject();
                }
                json.endArray().endObject();
            }
            json.endArray();
        });
    }

    private static void source(JsonWriter json, @Nullable EndpointSourceView source) {
        if (source == null) {
            json.value((String) null);
            return;
        }
        json.beginObject().name("kind").value(source.kind()).name("name").value(source.name());
        json.name("endpoints");
        if (source.lastSuccess() == null) {
            json.value((String) null).name("last_success").value((String) null).name("age_ms").value((String) null);
        } else {
            json.value(source.endpoints()).name("last_success").value(source.lastSuccessText());
            json.name("age_ms").millis(source.ageNanos());
        }
        json.name("stale").value(source.stale()).name("last_failure").value(source.lastFailureText());
        json.name("failure").value(source.failure());
        json.name("successes").value(source.successes()).name("failures").value(source.failures()).endObject();
    }

    /** The last events with a greater number, oldest first. */
    Response events(long after) {
        List<Event> events = view.events(after);
        return Response.json(200, json -> {
            json.name("events").beginArray();
            for (Event event : events) {
                CountersJson.event(json, event);
            }
            json.endArray();
        });
    }

    /** The filters of every listener, in order, with their counters. */
    Response filters() {
        return Response.json(200, json -> {
            json.name("filters").beginArray();
            for (FilterView filter : view.filters()) {
                json.beginObject().name("listener").value(filter.listener()).name("position").value(filter.position());
                json.name("name").value(filter.name()).name("type").value(filter.type());
                labels(json, "sees", filter.sees());
                json.name("transforms").value(filter.transforms());
                json.name("before_routing").value(filter.beforeRouting());
                json.name("max_held_bytes").value(filter.maxHeldBytes());
                json.name("connections").value(filter.connections()).name("decisions").beginObject();
                filter.decisions().forEach((decision, n) -> json.name(decision).value(n));
                json.endObject().name("counters").beginObject();
                filter.customCounters().forEach((name, n) -> json.name(name).value(n));
                json.endObject().name("retained_bytes").value(filter.retainedBytes());
                json.name("stalls").value(filter.stalls()).name("quarantined").value(filter.quarantined());
                json.endObject();
            }
            json.endArray();
        });
    }

    static void labels(JsonWriter json, String name, List<String> labels) {
        json.name(name).beginArray();
        labels.forEach(json::value);
        json.endArray();
    }

    /** The buffer memory: bounds, use, and use by loop. */
    Response memory() {
        MemoryLimits limits = view.memoryLimits();
        List<LoopView> loops = view.loops();
        MemoryView all = MemoryView.sum(loops);
        return Response.json(200, json -> {
            json.name("read_buffer").value(limits.readBuffer());
            json.name("pool").beginObject().name("limit").value(limits.poolBytes());
            MemoryJson.pool(json, all);
            json.endObject().name("stash").beginObject().name("limit").value(limits.stashBytes());
            MemoryJson.stash(json, all);
            json.endObject().name("pipes").beginObject().name("limit").value(limits.pipeBytes());
            MemoryJson.pipes(json, PipeView.sum(loops));
            json.endObject().name("loops").beginArray();
            for (LoopView loop : loops) {
                json.beginObject().name("loop").value(loop.index()).name("connections").value(loop.connections());
                json.name("pool").beginObject();
                MemoryJson.pool(json, loop.memory());
                json.endObject().name("stash").beginObject();
                MemoryJson.stash(json, loop.memory());
                json.endObject().name("pipes").beginObject();
                MemoryJson.pipes(json, loop.pipes());
                json.endObject().endObject();
            }
            json.endArray();
        });
    }

    /** The providers of filter types, and refused plugins. */
    Response plugins() {
        List<PluginView> plugins = view.plugins();
        return Response.json(200, json -> {
            json.name("plugins").beginArray();
            for (PluginView plugin : plugins) {
                if (plugin.problem() == null) {
                    json.beginObject().name("name").value(plugin.name()).name("version").value(plugin.version());
                    json.name("location").value(plugin.location()).name("types").beginArray();
                    plugin.types().forEach(json::value);
                    json.endArray().endObject();
                }
            }
            json.endArray().name("refused").beginArray();
            for (PluginView plugin : plugins) {
                if (plugin.problem() != null) {
                    json.beginObject().name("name").value(plugin.name()).name("location").value(plugin.location());
                    json.name("problem").value(plugin.problem()).endObject();
                }
            }
            json.endArray();
        });
    }
}
