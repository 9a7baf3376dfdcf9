package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

import dev.sluice.runtime.config.model.KeepAliveConfig;
import dev.sluice.runtime.config.model.ListenerTimeouts;
import dev.sluice.runtime.config.model.SocketConfig;
import dev.sluice.runtime.config.model.TransportKind;
import org.jspecify.annotations.Nullable;

/** Reads one item of {@code listeners:}. */
final class ListenerReader {
    private static final ScalarParser<SocketAddress> LISTEN = ScalarParser.of(Form.ADDRESS, Addresses::listen);
    private static final ScalarParser<Duration> TIMEOUT = Quantities.duration(Duration.ofMillis(1),
            Duration.ofDays(30));
    private static final ScalarParser<Duration> USER_TIMEOUT = Quantities.duration(Duration.ofMillis(1),
            Duration.ofHours(24));
    /** Linux takes no more than these (tcp(7), MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL). */
    private static final ScalarParser<Duration> KEEPALIVE_TIME = Quantities.seconds(1, 32_767);
    private static final ScalarParser<Integer> KEEPALIVE_COUNT = Scalars.integer(1, 127);
    /** The kernel holds the length of this queue in 16 bits on some systems, and cuts it at net.core.somaxconn on Linux. */
    private static final ScalarParser<Integer> BACKLOG = Scalars.integer(1, 65_535);
    private static final ScalarParser<Integer> CONNECTIONS = Scalars.integer(1, ConfigurationReader.MAX_CONNECTIONS);
    /** A peer that vanished while nothing was sent is noticed within two minutes. */
    private static final KeepAliveConfig KEEPALIVE = new KeepAliveConfig(Duration.ofSeconds(60), Duration.ofSeconds(15),
            4);

    private ListenerReader() {}

    static Draft.Listener read(Section section, FilterReader filterReader, TransportKind transport) {
        Located<String> name = section.name("name", "a name for logs and metrics");
        Located<SocketAddress> listen = section.required("listen", LISTEN, "an address, such as \"0.0.0.0:443\"");
        int maxConnections = section.value("maxConnections", CONNECTIONS, 0);
        List<Draft.Filter> filters = filterReader.read(section);
        List<Draft.Route> routes = RouteReader.read(section);
        ListenerTimeouts timeouts = timeouts(section.section("timeouts"));
        SocketConfig socket = socket(section.section("socket"), transport);
        section.refuseOtherKeys("proxyProtocol");
        return new Draft.Listener(name, listen, maxConnections, filters, routes, timeouts, socket);
    }

    private static ListenerTimeouts timeouts(Section section) {
        ListenerTimeouts timeouts = new ListenerTimeouts(
                section.value("idle", TIMEOUT, Duration.ofHours(1)),
                section.value("halfClosed", TIMEOUT, Duration.ofSeconds(60)),
                section.value("writeStall", TIMEOUT, Duration.ofSeconds(60)),
                section.value("linger", TIMEOUT, Duration.ofSeconds(5)),
                section.value("silentDrop", TIMEOUT, Duration.ofSeconds(10)));
        section.refuseOtherKeys();
        return timeouts;
    }

    private static SocketConfig socket(Section section, TransportKind transport) {
        boolean noDelay = section.value("noDelay", Scalars.flag(), true);
        KeepAliveConfig keepAlive = keepAlive(section);
        Located<Duration> userTimeout = section.optional("userTimeout", USER_TIMEOUT);
        if (userTimeout != null && transport == TransportKind.NIO) {
            section.warn("userTimeout",
                    "the nio transport cannot set TCP_USER_TIMEOUT, so this changes nothing; timeouts.writeStall ends such connections");
        }
        int backlog = section.value("backlog", BACKLOG, 4096);
        section.refuseOtherKeys();
        return new SocketConfig(noDelay, keepAlive, userTimeout == null ? null : userTimeout.value(), backlog);
    }

    private static @Nullable KeepAliveConfig keepAlive(Section socket) {
        if (socket.node("keepAlive") instanceof Node.Scalar scalar && scalar.kind() != Node.Kind.NOTHING) {
            return socket.value("keepAlive", Scalars.flag(), true) ? KEEPALIVE : null;
        }
        Section section = socket.section("keepAlive");
        KeepAliveConfig keepAlive = new KeepAliveConfig(
                section.value("idle", KEEPALIVE_TIME, KEEPALIVE.idle()),
                section.value("interval", KEEPALIVE_TIME, KEEPALIVE.interval()),
                section.value("count", KEEPALIVE_COUNT, KEEPALIVE.count()));
        section.refuseOtherKeys();
        return keepAlive;
    }
}
