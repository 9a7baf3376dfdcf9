package dev.sluice.runtime.config.model;

import java.net.InetSocketAddress;
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
import dev.sluice.runtime.shape.Syntax;

/**
 * A listener: an address for clients, with the filters and routes of their connections.
 *
 * @param cluster short for one route without conditions; the constructor converts it, so that it is always empty
 */
@ConfigOneOf(value = {"cluster",
    "routes"}, allowed = "one of the two; cluster: NAME is short for routes: [ { cluster: NAME } ]")
public record ListenerConfig( // @formatter:off
        @Syntax(Syntax.Kind.NAME)
        @ConfigDescription(value = "The name in logs and metrics, unique among listeners.",
                hint = "a name for logs and metrics")
        String name,
        @Syntax(Syntax.Kind.LISTEN_ADDRESS)
        @ConfigDescription(value = "IP:port, [IPv6]:port or unix:/path. Port 0 means any free port.",
                hint = "an address, such as \"0.0.0.0:443\"")
        SocketAddress listen,
        @ConfigRange(min = "1", max = LimitsConfig.MAX_CONNECTIONS)
        @ConfigDescription("The most connections at one time; further clients wait in the backlog. Default: no "
                + "limit of "
                + "its own.")
        Optional<Integer> maxConnections,
        @ConfigDescription("The PROXY header with which connections begin. Default: none is read.")
        Optional<ReceivedProxyHeader> proxyProtocol,
        @ConfigDescription("The TLS of the clients, if it ends here. Default: bytes are passed on as they are.")
        Optional<TerminatedTls> tls,
        @ConfigDescription("The filters of the connections and their bytes, in this order.")
        List<FilterConfig> filters,
        @Syntax(Syntax.Kind.TEXT)
        @ConfigDescription(value = "The cluster of all connections; instead of routes.",
                hint = "the name of a cluster; or routes, to choose among several")
        Optional<String> cluster,
        @ConfigNotEmpty
        @ConfigDescription(value = "Rules that choose a cluster: the first that matches is taken, and a connection "
                + "that "
                + "none matches is closed.",
                hint = "a list, as in [ { match: { sni: api.example.com }, cluster: api }, { cluster: web } ]")
        List<RouteConfig> routes,
        @ConfigDefault("{}")
        @ConfigDescription("The most time that a connection may stay in a state. No timeout but lifetime can be switched off.")
        Timeouts timeouts,
        @ConfigDefault("{}") @ConfigDescription("Options of the sockets.") Socket socket,
        ConfigPlace place) { // @formatter:on
    private static final SocketAddress NOWHERE = new InetSocketAddress(0);

    public ListenerConfig {
        filters = named(filters);
        routes = cluster.isPresent()
                ? List.of(new RouteConfig(Optional.empty(), cluster.get(), place))
                : List.copyOf(routes);
        cluster = Optional.empty();
    }

    /** The settings that have nothing to do with its address, its filters and its routes. */
    public ListenerConfig alone() {
        return new ListenerConfig(name, NOWHERE, maxConnections, proxyProtocol, tls, List.of(), Optional.empty(),
                List.of(),
                timeouts, socket, place);
    }

    /** Names the filters that have no name: by type, with a number from the second one on. */
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

    /** Timeouts of a connection, by state. */
    public record Timeouts( // @formatter:off
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("1h")
            @ConfigDescription("The most time without a byte in either direction.") Duration idle,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("10m")
            @ConfigDescription("The most time without a byte after one side has finished.") Duration halfClosed,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("60s")
            @ConfigDescription("The most time in which a side takes none of the bytes that wait for it.")
            Duration writeStall,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("5s")
            @ConfigDescription("The time for a side to take the last bytes after the other one broke.")
            Duration linger,
            @ConfigRange(min = "1ms", max = "720h") @ConfigDefault("10s")
            @ConfigDescription("The time for which a client in a filter's tarpit is kept unanswered; then it is reset.")
            Duration tarpit,
            @Syntax(Syntax.Kind.DURATION_OR_OFF) @ConfigRange(min = "1s", max = "8760h") @ConfigDefault("off")
            @ConfigDescription("The most time that a connection lives; it then ends at a quiet moment, within 10s.")
            Duration lifetime,
            @ConfigDefault("10%")
            @ConfigDescription("The share of lifetime by which it is shorter at most, different for each connection.")
            Percentage lifetimeJitter) {} // @formatter:on

    /**
     * Options of the sockets of a listener.
     *
     * @param keepAlive empty = SO_KEEPALIVE off
     * @param userTimeout empty = the system's default
     */
    public record Socket( // @formatter:off
            @ConfigDefault("true") @ConfigDescription("TCP_NODELAY: small segments are not held back.") boolean noDelay,
            @ConfigSwitch @ConfigDefault("true")
            @ConfigDescription("Probes that detect vanished peers: true, false, or their times.")
            Optional<KeepAlive> keepAlive,
            @ConfigRange(min = "1ms", max = "24h")
            @ConfigDescription("TCP_USER_TIMEOUT, where the transport can set it.") Optional<Duration> userTimeout,
            // Some systems store the length of this queue in 16 bits; Linux limits it to net.core.somaxconn.
            @ConfigRange(min = "1", max = "65535") @ConfigDefault("4096")
            @ConfigDescription("Connections that the kernel completes ahead of the proxy.") int backlog,
            @ConfigDefault("false") @ConfigDescription("IPV6_V6ONLY: an address [::] takes no connections over IPv4.")
            boolean ipv6Only) {} // @formatter:on

    /**
     * Keepalive probes of a silent peer: a vanished one is noticed after {@code idle + count × interval}, by default
     * two minutes. The bounds are those of Linux (tcp(7), MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL).
     */
    public record KeepAlive( // @formatter:off
            @Syntax(Syntax.Kind.SECONDS) @ConfigRange(min = "1s", max = "32767s") @ConfigDefault("60s")
            @ConfigDescription("Silence before the first probe, in whole seconds.") Duration idle,
            @Syntax(Syntax.Kind.SECONDS) @ConfigRange(min = "1s", max = "32767s") @ConfigDefault("15s")
            @ConfigDescription("Time between probes, in whole seconds.") Duration interval,
            @ConfigRange(min = "1", max = "127") @ConfigDefault("4")
            @ConfigDescription("Unanswered probes after which the connection counts as broken.")
            int count) {} // @formatter:on
}
