package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import org.jspecify.annotations.Nullable;

/** The exchange of one check with its endpoint. One thread. */
final class Conversation {
    private final CheckSettings settings;
    private final SocketAddress address;
    /** The PROXY header to begin with; none at another port, where something else listens. */
    private final ProxyHeaderWriter.@Nullable Version proxy;
    private final CheckSocket socket;
    private final TlsContexts contexts;
    private final Answer answer = new Answer();
    private final ByteBuffer scratch = ByteBuffer.allocate(Answer.LIMIT);
    /** The thing that is missing, for the reason of a timeout. */
    private String missing = "no connection";

    /** A conversation that has not begun. */
    Conversation(CheckSettings settings, SocketAddress endpoint, CheckSocket socket, TlsContexts contexts) {
        this.settings = settings;
        this.address = settings.addressFor(endpoint);
        this.proxy = address.equals(endpoint) ? settings.proxy() : null;
        this.socket = socket;
        this.contexts = contexts;
    }

    /**
     * Connects and asks.
     *
     * @return whether something was said, so that {@link #finish} is due; a bare connect ends without
     * @throws CheckException if the endpoint failed
     * @throws IOException if the connection broke, or the socket was closed
     */
    boolean hold() throws IOException, CheckException {
        socket.connect(address);
        missing = "connected, but no answer";
        if (proxy != null) {
            socket.write(ByteBuffer.wrap(ProxyHeaderWriter.local(proxy)));
        }
        switch (settings.probe()) {
            case TcpProbe tcp -> ask(tcp);
            case HttpProbe http -> ask(http);
            case TlsProbe tls -> ask(tls);
        }
        return proxy != null || !settings.probe().equals(TcpProbe.CONNECT);
    }

    /** Ends a conversation that went well: with FIN, and after that of the peer. */
    void finish() throws IOException {
        socket.finish(scratch);
    }

    /** The failure when the time is over: the thing that is missing, and what came in its place. */
    CheckException missingAfter(String time) {
        return answer.isEmpty()
                ? new CheckException(CheckResult.TIMEOUT, missing + " within " + time)
                : new CheckException(CheckResult.WRONG_ANSWER, missing + " within " + time + ", got " + answer);
    }

    private void ask(TcpProbe probe) throws IOException, CheckException {
        socket.write(probe.send().buffer());
        if (probe.expect().isEmpty()) {
            return;
        }
        missing = "connected, but no " + probe.expect();
        while (!answer.contains(probe.expect())) {
            if (answer.isFull()) {
                throw new CheckException(CheckResult.WRONG_ANSWER, "expected " + probe.expect() + " in the first "
                        + Answer.LIMIT + " bytes, got " + answer);
            }
            if (!receive()) {
                throw new CheckException(answer.isEmpty() ? CheckResult.CLOSED : CheckResult.WRONG_ANSWER,
                        "expected " + probe.expect() + ", got "
                                + (answer.isEmpty() ? "the end of the connection" : answer));
            }
        }
    }

    private void ask(HttpProbe probe) throws IOException, CheckException {
        socket.write(probe.request(address).buffer());
        missing = "connected, but no HTTP answer";
        int status = answer.status();
        while (status == StatusLine.INCOMPLETE) {
            if (!receive()) {
                throw new CheckException(CheckResult.CLOSED, "connection closed before the HTTP answer");
            }
            status = answer.status();
        }
        if (status == StatusLine.NONE) {
            throw new CheckException(CheckResult.WRONG_ANSWER, "expected an HTTP answer, got " + answer);
        }
        if (!probe.expects(status)) {
            throw new CheckException(CheckResult.WRONG_ANSWER,
                    "status " + status + ", expected " + probe.expectedText());
        }
    }

    private void ask(TlsProbe probe) throws IOException, CheckException {
        TlsClient client = new TlsClient(contexts.engine(probe, address), probe.verify(), socket);
        missing = "connected, but no TLS handshake";
        client.handshake();
        client.close();
    }

    /** Waits for more of the answer. @return whether there was more */
    private boolean receive() throws IOException {
        scratch.clear();
        int read = socket.read(scratch);
        answer.add(scratch.flip());
        return read >= 0;
    }
}
