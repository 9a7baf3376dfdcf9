package dev.sluice.runtime.relay;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.Findings;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/** Descriptions of a connection for the access log and for admin. On the connection's loop. */
final class RelayReport {

    private RelayReport() {}

    /**
     * The entry of the journal about a connection at this moment.
     *
     * @param reason of its end; null for other events
     */
    static AccessEntry entry(AccessEvent event, Connection connection, ListenerGeneration listener,
            @Nullable EndpointState endpoint, @Nullable String cluster, @Nullable String route, long connectNanos,
            @Nullable CloseReason reason) {
        return AccessEntry.now(event, connection.id(), listener.name(),
                ClientAddress.socketAddress(connection.client().socket()), label(endpoint), cluster,
                findings(connection.chain(), route), connection.client().bytesRead(),
                connection.upstream().bytesRead(), connection.now() - connection.accepted(), connectNanos, reason,
                listener.generation());
    }

    /** The view of an open connection as it is now. */
    static ConnectionView view(Connection connection, ListenerGeneration listener, @Nullable EndpointState endpoint,
            @Nullable String cluster, @Nullable String route, String state) {
        Side client = connection.client();
        Side upstream = connection.upstream();
        ConnectionChain chain = connection.chain();
        return new ConnectionView(connection.id(), listener.name(), listener.generation(),
                AddressText.of(ClientAddress.socketAddress(client.socket())), label(endpoint), cluster,
                findings(chain, route), state, client.blockedBy(), upstream.blockedBy(),
                connection.now() - connection.accepted(), connection.now() - connection.lastActivity(),
                client.bytesRead(), upstream.bytesRead(),
                client.bufferBytes() + upstream.bufferBytes() + (chain == null ? 0 : chain.bufferBytes()),
                client.tcpInfo(), upstream.tcpInfo());
    }

    private static @Nullable String label(@Nullable EndpointState endpoint) {
        return endpoint == null ? null : endpoint.label();
    }

    private static Findings findings(@Nullable ConnectionChain chain, @Nullable String route) {
        return chain == null
                ? new Findings(null, null, null, null, route, null, null)
                : new Findings(chain.get(Attributes.PROTOCOL), chain.get(Attributes.SNI),
                        chain.get(Attributes.SNI_INVALID), chain.get(Attributes.ALPN), route, chain.culprit(),
                        chain.explanation());
    }
}
