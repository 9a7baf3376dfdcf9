package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.PostgresGreeting;
import dev.sluice.runtime.tls.StartTls;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The handshake with an endpoint, {@link RelayState#UPSTREAM_HANDSHAKE}: a part of the attempt to reach it, within the attempt's deadline. When
 * it fails, the next endpoint is tried, as after a connect that was refused; the client's bytes stay in the kernel until one succeeds.
 */
final class DialledHandshake extends HandshakeStage {
    /** The only one. */
    static final DialledHandshake STAGE = new DialledHandshake();

    private DialledHandshake() {
        super(RelayState.UPSTREAM_HANDSHAKE, "the endpoint does not speak TLS");
    }

    /**
     * Begins the stage: a connect has succeeded.
     *
     * @param header a borrowed buffer with the PROXY header, which comes before; null = none does
     */
    void begin(DialledConnection connection, @Nullable Buffer header) {
        connection.state(RelayState.UPSTREAM_HANDSHAKE);
        TlsSide upstream = (TlsSide) connection.upstream();
        PendingHandshake pending = upstream.beginHandshake();
        pending.greeting(upstream.upstreamRules().startTls() == StartTls.POSTGRES);
        pending.toProceed(true);
        upstream.updateInterest();
        run(connection, upstream, header);
    }

    @Override
    void ask(DialledConnection connection, TlsSide upstream, Loan out) {
        byte[] question = PostgresGreeting.request();
        out.get().append(question, 0, question.length);
        if (upstream.send(out.take()) < 0) {
            left(connection, upstream, StreamSocket.BROKEN);
        }
    }

    @Override
    boolean greet(DialledConnection connection, TlsSide upstream, PendingHandshake pending, Buffer in, Loan out) {
        String problem = PostgresGreeting.problem(in.byteAt(0), in.content() == 1);
        if (!problem.isEmpty()) {
            connection.onUpstreamHandshakeFailed(problem, true);
            return false;
        }
        pending.greeting(false);
        pending.toProceed(true);
        goOnLater(connection, upstream);
        return false;
    }

    /** Reads on, or goes on. */
    void run(DialledConnection connection) {
        if (connection.upstream() instanceof TlsSide upstream) {
            run(connection, upstream);
        }
    }

    @Override
    Step start(Handshake handshake, Buffer target) throws TlsException {
        return handshake.start(target);
    }

    @Override
    boolean takeSlot(DialledConnection connection, TlsSide upstream, PendingHandshake pending) {
        // Clients that wait for an endpoint are bounded already.
        return true;
    }

    @Override
    void done(DialledConnection connection, TlsSide upstream, Buffer in, int at, Loan out) {
        if (out.get().content() > 0 && upstream.send(out.take()) < 0) {
            left(connection, upstream, StreamSocket.BROKEN);
        } else if (upstream.handshakeDone(in, at) < 0) {
            refuse(connection, upstream);
        } else {
            connection.onUpstreamHandshaken();
        }
    }

    @Override
    void fail(DialledConnection connection, TlsSide upstream, PendingHandshake pending, Loan out, TlsException why) {
        if (why.alert() != null && pending.isStarted()) {
            upstream.handshake(pending).fail(why.alert(), out.get());
            // As far as the kernel takes it: the next endpoint does not wait for this one.
            upstream.sendLast(out.get());
        }
        boolean known = why.alert() != Alert.INTERNAL_ERROR && !upstream.upstreamRules().passesName();
        connection.onUpstreamHandshakeFailed(String.valueOf(why.getMessage()), known);
    }

    @Override
    void left(DialledConnection connection, TlsSide upstream, int code) {
        connection.onUpstreamHandshakeFailed(code == StreamSocket.END_OF_STREAM
                ? "the endpoint closed the connection during the handshake"
                : "the endpoint reset the connection during the handshake", !upstream.upstreamRules().passesName());
    }

    @Override
    void refuse(DialledConnection connection, TlsSide upstream) {
        connection.close(CloseReason.UPSTREAM_TLS_FAILED);
    }
}
