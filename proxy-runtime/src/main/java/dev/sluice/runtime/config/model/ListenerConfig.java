package dev.sluice.runtime.config.model;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import dev.sluice.runtime.shape.PlannedKeys;
import dev.sluice.runtime.shape.Syntax;

/**
 * An address for clients, and the way of their connections.
 *
 * @param cluster short for one route without conditions; the constructor turns it into that, so that it is always empty
 */
@PlannedKeys("proxyProtocol")
@ConfigOneOf(value = {"cluster", "routes"}, allowed = "one of both; cluster stands for routes: [ { cluster: NAME } ]")
public record ListenerConfig( // @formatter:off
        @Syntax(Syntax.Kind.NAME)
        @ConfigDescription(value = "Name for logs and metrics; distinct.",
                hint = "a name for logs and metrics")
        String name,
        @Syntax(Syntax.Kind.LISTEN_ADDRESS)
        @ConfigDescription(value = "IP:port, [IPv6]:port or unix:/path. Port 0 = any free port.",
                hint = "an address, such as \"0.0.0.0:443\"")
        SocketAddress listen,
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("Most connections at one time; further clients wait in the backlog. Default: no limit of "
                + "its own.")
        Optional<Integer> maxConnections,
        @ConfigDescription("Filters that see a connection and its bytes, in this order.")
        List<FilterConfig> filters,
        @Syntax(Syntax.Kind.TEXT)
        @ConfigDescription(value = "Destination of all connections; instead of routes.",
                hint = "the name of a cluster; or routes, to choose among several")
        Optional<String> cluster,
        @ConfigNotEmpty
        @ConfigDescription(value = "Destinations of connections; the first match decides, and a connection that "
                + "none matches is closed.",
                hint = "a list, as in [ { match: { sni: api.example.com }, cluster: api }, { cluster: web } ]")
        List<RouteConfig> routes,
        @ConfigDefault("{}") @ConfigDescription("Longest times of a connection in a state. None can be switched off.")
        Timeouts timeouts,
        @ConfigDefault("{}") @ConfigDescription("Options of the sockets.") Socket socket,
        ConfigPlace place) { // @formatter:on
    public ListenerConfig {
        filters = named(filters);
        routes = cluster.isPresent()
                ? List.of(new RouteConfig(Optional.empty(), cluster.get(), place))
                : List.copyOf(routes);
        cluster = Optional.empty();
    }

    /** Gives names to the filters that have none: the type, with a number from the second one on. */
    private static List<FilterConfig> named(List<FilterConfig> filters) {
        Set<String> taken = filters.stream().filter(filter -> filter.place().has("name")).map(FilterConfig::name)
                .collect(Collectors.toCollection(HashSet::new));
        return filters.stream().map(filter -> filter.place().has("name") ? filter : named(filter, taken)).toList();
    }

    private static FilterConfig named(FilterConfig filter, Set<String> taken) {
        String name = filter.type();
        for (int number = 2; !taken.add(name); number++) {
            name = filter.type() + "-" + number;
        }
        return filter.named(name);
    }

    /** The time that a connection may stay in a state. */
    public record Timeouts( // @formatter:off
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("1h")
            @ConfigDescription("Longest time without a byte in either direction.") Duration idle,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("10m")
            @ConfigDescription("Longest time without a byte after one side has sent FIN.") Duration halfClosed,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("60s")
            @ConfigDescription("Longest time in which a side takes none of the bytes that wait for it.")
            Duration writeStall,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("5s")
            @ConfigDescription("Time for a side to take the rest after the other side is gone.")
            Duration linger,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("10s")
            @ConfigDescription("Time for which a filter may keep a client without an answer; then it is reset.")
            Duration tarpit) {} // @formatter:on

    /**
     * Options of the sockets of a listener.
     *
     * @param keepAlive empty = SO_KEEPALIVE off
     * @param userTimeout empty = the system's own
     */
    public record Socket( // @formatter:off
            @ConfigDefault("true") @ConfigDescription("TCP_NODELAY: small segments are sent at once.") boolean noDelay,
            @ConfigSwitch @ConfigDefault("true")
            @ConfigDescription("Probes that find vanished peers: true, false, or their times.")
            Optional<KeepAlive> keepAlive,
            @ConfigRange(min = "1ms", max = "24h")
            @ConfigDescription("TCP_USER_TIMEOUT: longest time that sent bytes stay unacknowledged, if the "
                    + "transport can set it.")
            Optional<Duration> userTimeout,
            // Some systems keep the length of this queue in 16 bits; Linux cuts it at net.core.somaxconn.
            @ConfigRange(min = "1", max = "65535") @ConfigDefault("4096")
            @ConfigDescription("Connections that the kernel completes ahead of the proxy.") int backlog,
            @ConfigDefault("false") @ConfigDescription("IPV6_V6ONLY: an address [::] accepts no connections over IPv4.")
            boolean ipv6Only) {} // @formatter:on

    /**
     * The probes of a silent peer: one that vanished is noticed after {@code idle + count × interval}, by default two minutes. The bounds are those
     * of Linux (tcp(7), MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL).
     */
    public record KeepAlive( // @formatter:off
            @Syntax(Syntax.Kind.SECONDS) @ConfigRange(min = "1s", max = "32767s") @ConfigDefault("60s")
            @ConfigDescription("Silence before the first probe, in whole seconds.") Duration idle,
            @Syntax(Syntax.Kind.SECONDS) @ConfigRange(min = "1s", max = "32767s") @ConfigDefault("15s")
            @ConfigDescription("Time between probes, in whole seconds.") Duration interval,
            @ConfigRange(min = "1", max = "127") @ConfigDefault("4")
            @ConfigDescription("Probes without an answer until the connection counts as broken.")
            int count) {} // @formatter:on
}
