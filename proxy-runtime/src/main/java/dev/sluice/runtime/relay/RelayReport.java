package dev.sluice.runtime.relay;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.Findings;
import dev.sluice.runtime.observe.OwnedBytes;
import dev.sluice.runtime.observe.OwnedView;
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
    static AccessEntry entry(AccessEvent event, DialledConnection connection, @Nullable CloseReason reason) {
        return AccessEntry.now(event, connection.id(), connection.listener().name(),
                ClientAddress.peerAddress(connection.client().socket()), connection.proxyHeader(),
                label(connection.lastEndpoint()),
                connection.clusterName(), findings(connection),
                connection.client().bytesRead(), connection.upstream().bytesRead(),
                connection.now() - connection.accepted(), connection.connectNanos(), reason,
                connection.generation());
    }

    /** A word for the state of an open connection. */
    static String word(DialledConnection connection) {
        boolean halfClosed = connection.state() == RelayState.OPEN && connection.halfClosed();
        return halfClosed ? "half-closed" : connection.isQueued() ? "queued" : connection.state().label();
    }

    /** Size of the buffers, stash cells and pipes that a connection owns now. */
    static int bytesOwned(DialledConnection connection) {
        ConnectionChain chain = connection.chain();
        return connection.client().bufferBytes() + connection.upstream().bufferBytes()
                + (chain == null ? 0 : chain.bufferBytes());
    }

    /** The same by owner. */
    private static OwnedView owned(DialledConnection connection) {
        OwnedBytes sum = new OwnedBytes(connection.loop().memory());
        connection.client().addOwned(sum);
        connection.upstream().addOwned(sum);
        ConnectionChain chain = connection.chain();
        if (chain != null) {
            chain.addOwned(sum);
        }
        return sum.view();
    }

    /** The view of an open connection as it is now. */
    static ConnectionView view(DialledConnection connection) {
        Side client = connection.client();
        Side upstream = connection.upstream();
        return new ConnectionView(connection.id(), connection.listener().name(), connection.generation(),
                ClientAddress.text(connection), AddressText.of(ClientAddress.peerAddress(client.socket())),
                label(connection.currentEndpoint()),
                connection.clusterName(), findings(connection), word(connection), client.blockedBy(),
                upstream.blockedBy(),
                connection.now() - connection.accepted(), connection.now() - connection.lastActivity(),
                client.bytesRead(), upstream.bytesRead(),
                owned(connection),
                client.tcpInfo(), upstream.tcpInfo(), client.queues(), upstream.queues());
    }

    private static @Nullable String label(@Nullable EndpointState endpoint) {
        return endpoint == null ? null : endpoint.label();
    }

    private static Findings findings(DialledConnection connection) {
        ConnectionChain chain = connection.chain();
        String route = connection.route();
        String problem = connection.problem();
        String explanation = chain == null ? null : chain.explanation();
        return new Findings(connection.attribute(Attributes.PROTOCOL), connection.attribute(Attributes.SNI),
                connection.attribute(Attributes.SNI_INVALID), connection.attribute(Attributes.ALPN), route,
                chain == null ? null : chain.culprit(), explanation == null ? problem : explanation,
                connection.client().session(), connection.client().hello() != null, connection.upstream().session());
    }
}
