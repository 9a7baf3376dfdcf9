package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterTimeouts;
import dev.sluice.runtime.config.model.EndpointConfig;
import dev.sluice.runtime.config.model.LimitsConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ListenerTimeouts;
import dev.sluice.runtime.config.model.LoadBalancing;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.ProxyConfiguration;
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
        Location listenersAt,
        List<Listener> listeners,
        List<Cluster> clusters) {
    record Listener(
            @Nullable Located<String> name,
            @Nullable Located<SocketAddress> listen,
            int maxConnections,
            @Nullable Located<String> cluster,
            ListenerTimeouts timeouts,
            SocketConfig socket) {
        /** For messages. */
        String title() {
            return name == null ? "a listener" : "listener " + Texts.quote(name.text());
        }
    }

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
                adminListen == null ? null : new AdminConfig(adminListen.value()), accessLog,
                listeners.stream().map(Draft::config).toList(), clusters.stream().map(Draft::config).toList());
    }

    private static ListenerConfig config(Listener draft) {
        return new ListenerConfig(valueOf(draft.name), valueOf(draft.listen), draft.maxConnections,
                valueOf(draft.cluster),
                draft.timeouts, draft.socket);
    }

    private static ClusterConfig config(Cluster draft) {
        List<EndpointConfig> endpoints = draft.endpoints.stream()
                .map(e -> new EndpointConfig(valueOf(e.address), e.weight, e.maxConnections, e.backup)).toList();
        return new ClusterConfig(valueOf(draft.name), draft.loadBalancing, draft.timeouts, draft.connectAttempts,
                draft.maxConnections, endpoints);
    }

    private static <T> T valueOf(@Nullable Located<T> located) {
        return Objects.requireNonNull(located, "a draft with problems became a configuration").value();
    }
}
