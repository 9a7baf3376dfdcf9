package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTimeouts;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.EndpointConfig;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.LimitsConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ListenerTimeouts;
import dev.sluice.runtime.config.model.LoadBalancing;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.ProxyConfiguration;
import dev.sluice.runtime.config.model.QuarantineConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.config.model.RouteMatch;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.config.model.SocketConfig;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that still knows where its parts came from, and in which what is missing or wrong is null. Only one without problems becomes
 * a {@link #configuration()}.
 *
 * @param listenersAt where the listeners stand, or should
 * @param adminListen absent with {@code admin:}
 */
record Draft(
        RuntimeConfig runtime,
        MemoryConfig memory,
        LimitsConfig limits,
        @Nullable Located<SocketAddress> adminListen,
        @Nullable AccessLogConfig accessLog,
        PluginsConfig plugins,
        Location listenersAt,
        List<Listener> listeners,
        List<Cluster> clusters) {
    record Listener(
            @Nullable Located<String> name,
            @Nullable Located<SocketAddress> listen,
            int maxConnections,
            List<Filter> filters,
            List<Route> routes,
            ListenerTimeouts timeouts,
            SocketConfig socket) {
        /** The names of those that its routes lead to. */
        Set<String> clusters() {
            return routes.stream().map(Route::cluster).filter(Objects::nonNull).map(Located::value)
                    .collect(Collectors.toSet());
        }

        /** For messages. */
        String title() {
            return name == null ? "a listener" : "listener " + Texts.quote(name.text());
        }
    }

    /**
     * @param written the name, if it has one of its own
     * @param name that, or the one made of its type; empty until then
     */
    record Filter(
            @Nullable Located<String> type,
            @Nullable Located<String> written,
            String name,
            @Nullable FilterProvider<?> provider,
            @Nullable Record config,
            @Nullable QuarantineConfig quarantine,
            ConfigPlace place) {
        Filter named(String newName) {
            return new Filter(type, written, newName, provider, config, quarantine, place);
        }
    }

    /** @param match null = every connection */
    record Route(Location at, ConfigPath path, @Nullable RouteMatch match, @Nullable Located<String> cluster) {}

    record Cluster(
            @Nullable Located<String> name,
            LoadBalancing loadBalancing,
            ClusterTimeouts timeouts,
            int connectAttempts,
            int maxConnections,
            List<Endpoint> endpoints) {}

    record Endpoint(@Nullable Located<SocketAddress> address, int weight, int maxConnections, boolean backup) {}

    ProxyConfiguration configuration() {
        return new ProxyConfiguration(runtime, memory, limits,
                adminListen == null ? null : new AdminConfig(adminListen.value()), accessLog, plugins,
                listeners.stream().map(Draft::config).toList(), clusters.stream().map(Draft::config).toList());
    }

    private static ListenerConfig config(Listener draft) {
        return new ListenerConfig(valueOf(draft.name), valueOf(draft.listen), draft.maxConnections,
                draft.filters.stream().map(Draft::config).toList(), draft.routes.stream().map(Draft::config).toList(),
                draft.timeouts, draft.socket);
    }

    private static FilterConfig config(Filter draft) {
        return new FilterConfig(valueOf(draft.type), draft.name, present(draft.provider), present(draft.config),
                draft.quarantine, draft.place);
    }

    private static RouteConfig config(Route draft) {
        return new RouteConfig(draft.match, valueOf(draft.cluster));
    }

    private static ClusterConfig config(Cluster draft) {
        List<EndpointConfig> endpoints = draft.endpoints.stream()
                .map(e -> new EndpointConfig(valueOf(e.address), e.weight, e.maxConnections, e.backup)).toList();
        return new ClusterConfig(valueOf(draft.name), draft.loadBalancing, draft.timeouts, draft.connectAttempts,
                draft.maxConnections, endpoints);
    }

    private static <T> T valueOf(@Nullable Located<T> located) {
        return present(located).value();
    }

    private static <T> T present(@Nullable T part) {
        return Objects.requireNonNull(part, "a draft with problems became a configuration");
    }
}
