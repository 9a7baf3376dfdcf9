package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import org.jspecify.annotations.Nullable;

/** The exchange of one TLS check with its endpoint. One thread. */
final class Conversation {
    private final TlsProbe probe;
    private final SocketAddress address;
    /** The PROXY header to begin with. */
    private final ProxyHeaderWriter.@Nullable Version proxy;
    private final CheckSocket socket;
    private final TlsContexts contexts;
    /** The thing that is missing, for the reason of a timeout. */
    private String missing = "no connection";

    /** A conversation that has not begun. */
    Conversation(CheckSettings settings, TlsProbe probe, SocketAddress endpoint, CheckSocket socket,
            TlsContexts contexts) {
        this.probe = probe;
        this.address = settings.addressFor(endpoint);
        this.proxy = settings.headerFor(endpoint);
        this.socket = socket;
        this.contexts = contexts;
    }

    /**
     * Connects and shakes hands; {@link #finish} is due then.
     *
     * @throws CheckException if the endpoint failed
     * @throws IOException if the connection broke, or the socket was closed
     */
    void hold() throws IOException, CheckException {
        socket.connect(address);
        missing = "connected, but no answer";
        if (proxy != null) {
            socket.write(ByteBuffer.wrap(ProxyHeaderWriter.local(proxy)));
        }
        ask(probe);
    }

    /** Ends a conversation that went well: with FIN, and after that of the peer. */
    void finish() throws IOException {
        socket.finish(ByteBuffer.allocate(Answer.LIMIT));
    }

    /** The failure when the time is over: the thing that is missing. */
    CheckException missingAfter(String time) {
        return new CheckException(CheckResult.TIMEOUT, missing + " within " + time);
    }

    private void ask(TlsProbe probe) throws IOException, CheckException {
        TlsClient client = new TlsClient(contexts.engine(probe, address), probe.verify(), socket);
        missing = "connected, but no TLS handshake";
        client.handshake();
        client.close();
    }
}
