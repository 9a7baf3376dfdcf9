package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import dev.sluice.runtime.tls.PostgresGreeting;
import dev.sluice.runtime.tls.StartTls;
import org.jspecify.annotations.Nullable;

/** The exchange of one check with an endpoint that speaks TLS: the handshake and, unless it is all, a {@link Dialogue}. One thread. */
final class Conversation {
    private final TlsProbe probe;
    private final SocketAddress address;
    /** The PROXY header to begin with. */
    private final ProxyHeaderWriter.@Nullable Version proxy;
    private final CheckSocket socket;
    private final TlsContexts contexts;
    /** The question behind the handshake; null = there is none. */
    private final @Nullable Dialogue dialogue;
    private boolean secured;
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
        this.dialogue = settings.probe() instanceof TlsProbe || settings.probe().equals(TcpProbe.CONNECT)
                ? null
                : new Dialogue(settings, endpoint);
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
        if (probe.startTls() == StartTls.POSTGRES) {
            startTls();
        }
        TlsClient client = new TlsClient(contexts.engine(probe, address), probe.verify(), socket);
        missing = "connected, but no TLS handshake";
        client.handshake();
        secured = true;
        if (dialogue != null) {
            talk(client, dialogue);
        }
        client.close();
    }

    private void startTls() throws IOException, CheckException {
        missing = "connected, but no answer to SSLRequest";
        socket.write(ByteBuffer.wrap(PostgresGreeting.request()));
        ByteBuffer answer = ByteBuffer.allocate(2);
        if (socket.read(answer) <= 0) {
            throw new CheckException(CheckResult.CLOSED, "connection closed before the answer to SSLRequest");
        }
        String problem = PostgresGreeting.problem(answer.get(0), answer.position() == 1);
        if (!problem.isEmpty()) {
            throw new CheckException(CheckResult.TLS, problem);
        }
    }

    private static void talk(TlsClient client, Dialogue dialogue) throws IOException, CheckException {
        client.write(dialogue.question());
        ByteBuffer bytes = ByteBuffer.allocate(Answer.LIMIT);
        while (!dialogue.isAnswered()) {
            bytes.clear();
            if (!client.read(bytes)) {
                throw dialogue.ended();
            }
            dialogue.received(bytes.flip());
        }
    }

    /** Ends a conversation that went well: with FIN, and after that of the peer. */
    void finish() throws IOException {
        socket.finish(ByteBuffer.allocate(Answer.LIMIT));
    }

    /** The failure when the time is over: the thing that is missing. */
    CheckException missingAfter(String time) {
        return secured && dialogue != null
                ? dialogue.missingAfter(time)
                : new CheckException(CheckResult.TIMEOUT, missing + " within " + time);
    }
}
