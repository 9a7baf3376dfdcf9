package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.fault.FaultControl;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.health.CheckSettings;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * A generation: the objects built from one configuration. Those that are the same as in the generation before are the
 * same objects.
 *
 * @param number of the generation; the first one of a server is 1
 * @param configuration the configuration it was built from
 * @param plugins the source of its filters; not closed with it
 * @param clusters by name, in the order of the configuration
 * @param listeners by name, in the order of the configuration
 * @param factories of all filters
 * @param checks the health checks, by the names of clusters
 * @param checkFiles the files of certificates and keys that were read, with their state at that time
 * @param certificates those of the listeners that terminate TLS, by their names
 * @param trusts in the certificates of clients, of the listeners that ask for them
 * @param tickets rules about the sessions of the listeners that terminate TLS
 * @param running the states that its objects share with those of other generations
 */
public record Generation(long number, Configuration configuration, PluginRegistry plugins,
        Map<String, Cluster> clusters, Map<String, Serving> listeners, Map<FilterKey, SharedFactory> factories,
        Map<String, CheckSettings> checks, Map<Path, FileStamp> checkFiles,
        Map<String, Identities> certificates, Map<String, ClientTrust> trusts,
        Map<String, TicketRules> tickets, Running running) {
    /** A filter whose faults can be changed. */
    public record Controlled(String listener, String filter, FaultControl control) {}

    /** The filters that inject faults, in the order of the configuration. */
    public List<Controlled> faultFilters() {
        List<Controlled> found = new ArrayList<>();
        factories.forEach((key, factory) -> {
            FaultControl control = factory.faults();
            if (control != null) {
                found.add(new Controlled(key.listener(), key.filter(), control));
            }
        });
        return found;
    }

    /** Applies the limits of this generation to the connections of all generations, but for those of single endpoints. */
    public void applyLimits() {
        for (ListenerConfig listener : configuration.listeners()) {
            running.listener(listener.name()).limit().max(listener.maxConnections().orElse(0));
        }
        for (ClusterConfig cluster : configuration.clusters()) {
            running.cluster(cluster.name()).limit().max(cluster.maxConnections().orElse(0));
        }
    }

    /** Serves the certificates of this generation, from the next handshake on. */
    public void serveCertificates() {
        certificates.forEach(
                (listener, identities) -> running.tls().serve(listener, identities, trusts.get(listener)));
        certificates.forEach(running.engines().boring()::serve);
    }

    /**
     * Lets each filter take over the state of its predecessor: the filter of the same name at the same listener in the
     * generation before, if its provider is of the same class. Not on an event loop.
     */
    public void inherit(Generation before) {
        factories.forEach((key, factory) -> {
            SharedFactory predecessor = before.factories.get(key);
            if (predecessor != null && !isSame(predecessor, factory)) {
                factory.inherit(predecessor);
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // the very instance
    private static boolean isSame(FilterFactory one, FilterFactory other) {
        return one == other;
    }

    /** The listeners' settings that {@code other} does not have: those that came with this generation, or ended with it. */
    public List<ListenerGeneration> listenersNotIn(@Nullable Generation other) {
        Collection<Serving> others = other == null ? List.of() : other.listeners.values();
        List<ListenerGeneration> own = listeners.values().stream().map(Serving::listener).toList();
        return own.stream().filter(mine -> others.stream().map(Serving::listener).noneMatch(mine::equals)).toList();
    }

    /** Whether a filter is the same object, with its counts, as in another generation. */
    public boolean sharesFilter(Generation other, String listener, String filter) {
        FilterKey key = new FilterKey(listener, filter);
        SharedFactory mine = factories.get(key);
        return mine != null && mine.equals(other.factories.get(key));
    }

    /** The files that filters and health checks have read, with their state at that time. */
    public Map<Path, FileStamp> filterFiles() {
        Map<Path, FileStamp> files = new LinkedHashMap<>(checkFiles);
        factories.values().forEach(factory -> files.putAll(factory.files()));
        return files;
    }

    /** Whether a filter can take over the state of the one of the same name in another generation. */
    public boolean canInherit(Generation before, String listener, FilterConfig filter) {
        SharedFactory predecessor = before.factories.get(new FilterKey(listener, filter.name()));
        return predecessor != null && predecessor.hasSameProvider(filter);
    }

    /** Closes what this has and {@code serving} has not, because this is not going to serve. Not on an event loop. */
    public void discard(@Nullable Generation serving) {
        listenersNotIn(serving).forEach(Generation::closeFilters);
    }

    /** Closes the filters of a listener. To be called after the last of its connections, once, and not on an event loop. */
    public static void closeFilters(ListenerGeneration listener) {
        listener.plan().slots().forEach(FilterSlot::close);
    }
}
