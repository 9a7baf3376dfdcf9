package dev.sluice.runtime.wiring;

import java.time.Duration;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.relay.RelaySettings;
import dev.sluice.runtime.relay.TlsRules;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.SocketOptions;
import org.jspecify.annotations.Nullable;

/** The conversion of a listener's configuration to what sockets and connections need. */
public final class ListenerSettings {
    private ListenerSettings() {}

    /**
     * The timeouts and socket options of a listener's connections.
     *
     * @param tls rules about their TLS; null = it does not end here
     */
    static RelaySettings of(ListenerConfig listener, long readBuffer, @Nullable TlsRules tls) {
        ListenerConfig.Timeouts timeouts = listener.timeouts();
        return new RelaySettings(timeouts.idle().toNanos(), timeouts.halfClosed().toNanos(),
                timeouts.writeStall().toNanos(), timeouts.linger().toNanos(), timeouts.tarpit().toNanos(),
                timeouts.lifetime().toNanos(),
                timeouts.lifetime().toNanos() / 100 * timeouts.lifetimeJitter().percent(), (int) readBuffer,
                accepted(listener.socket()),
                listener.proxyProtocol().map(ProxyProtocolSettings::received).orElse(null), tls);
    }

    /** The options of a listening socket. */
    public static ListenOptions listening(ListenerConfig.Socket socket) {
        return new ListenOptions(socket.backlog(), socket.ipv6Only(), accepted(socket));
    }

    private static SocketOptions accepted(ListenerConfig.Socket config) {
        ListenerConfig.KeepAlive keepAlive = config.keepAlive().orElse(null);
        int userTimeoutMillis = config.userTimeout().map(timeout -> (int) timeout.toMillis()).orElse(0);
        if (keepAlive == null) {
            return new SocketOptions(config.noDelay(), 0, 0, 0, userTimeoutMillis);
        }
        return new SocketOptions(config.noDelay(), seconds(keepAlive.idle()), seconds(keepAlive.interval()),
                keepAlive.count(), userTimeoutMillis);
    }

    /** Keepalive times in whole seconds, as the system counts them. */
    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.plusMillis(999).toSeconds());
    }
}
