package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.observe.HandshakeResult;
import dev.sluice.runtime.tls.ClientHello;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.Passthrough;
import dev.sluice.runtime.tls.PostgresGreeting;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.StartTls;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * The handshake with the client, {@link RelayState#HANDSHAKE}: after the decision to let it in, before its first bytes are filtered and an
 * endpoint is dialled, so that handshakes cost endpoints nothing.
 */
final class AcceptedHandshake extends HandshakeStage {
    /** The only one. */
    static final AcceptedHandshake STAGE = new AcceptedHandshake();

    private AcceptedHandshake() {
        super(RelayState.HANDSHAKE, HandshakeResult.NOT_TLS_MESSAGE);
    }

    /** Begins the stage. */
    void begin(DialledConnection connection, TlsSide client) {
        connection.state(RelayState.HANDSHAKE);
        connection.deadlineAt(connection.accepted() + client.rules().deadlineNanos());
        PendingHandshake pending = client.pending();
        if (pending != null) {
            pending.greeting(client.rules().startTls() == StartTls.POSTGRES);
            pending.undecided(!client.rules().passthrough().isEmpty());
        }
        client.updateInterest();
    }

    @Override
    void ask(DialledConnection connection, TlsSide client, Loan out) {
        throw new IllegalStateException("it is the client that asks");
    }

    @Override
    boolean greet(DialledConnection connection, TlsSide client, PendingHandshake pending, Buffer in, Loan out) {
        PostgresGreeting greeting = PostgresGreeting.of(in);
        switch (greeting) {
            case DIRECT -> {
                pending.greeting(false);
                return true;
            }
            case MORE -> {
                if (!client.keepUnopened(in, 0)) {
                    refuse(connection, client);
                }
            }
            case SSL_REQUEST, GSS_REQUEST -> {
                pending.greeting(greeting == PostgresGreeting.GSS_REQUEST);
                out.get().append(new byte[]{greeting.answer()}, 0, 1);
                if (client.send(out.take()) < 0) {
                    left(connection, client, StreamSocket.BROKEN);
                }
            }
            case PLAIN -> {
                note(connection, pending, HandshakeResult.NOT_TLS, "the client asks for a session without TLS");
                byte[] refusal = PostgresGreeting.refusal();
                out.get().append(refusal, 0, refusal.length);
                refuseWith(connection, client, out);
            }
            case INVALID -> {
                note(connection, pending, HandshakeResult.NOT_TLS,
                        "the client speaks another protocol than PostgreSQL, or did not wait for an answer");
                connection.refuse(CloseReason.TLS_HANDSHAKE_FAILED);
            }
        }
        return false;
    }

    @Override
    boolean decide(DialledConnection connection, TlsSide client, PendingHandshake pending, Loan in, Loan out) {
        Buffer bytes = in.get();
        ClientHello hello = null;
        try {
            int length = Records.length(bytes, 0);
            if (length >= 0) {
                check(bytes, 0, length);
            }
            // Whatever becomes of it, until then it is one of those that are under way.
            if (length >= 0 && (bytes.content() < length || takeSlot(connection, client, pending))) {
                hello = ClientHello.read(bytes);
            }
        } catch (TlsException e) {
            // Never taken for one without a name, or with another.
            fail(connection, client, pending, out, e);
            return false;
        }
        if (hello == null) {
            if (client.keepUnopened(bytes, 0)) {
                client.updateInterest();
            } else {
                refuse(connection, client);
            }
            return false;
        }
        pending.undecided(false);
        Passthrough passthrough = client.rules().passthrough();
        if (!passthrough.has(hello.serverName())) {
            return true;
        }
        connection.counters().handshake(HandshakeResult.PASSED);
        client.leaveHandshake();
        connection.onPassedThrough(bytes);
        connection.client(new PassedSide(connection, client.socket(), passthrough.share(hello),
                connection.loop().memory().keep(in.take())));
        connection.onHandshaken();
        return false;
    }

    private static void refuseWith(DialledConnection connection, TlsSide client, Loan out) {
        if (out.get().content() > 0 && client.send(out.take()) < 0) {
            connection.close(CloseReason.TLS_HANDSHAKE_FAILED);
            return;
        }
        // FIN and not a reset, which would destroy the last bytes on their way.
        connection.refuse(CloseReason.TLS_HANDSHAKE_FAILED);
    }

    /** Reads on, or goes on. */
    void run(DialledConnection connection) {
        if (connection.client() instanceof TlsSide client) {
            run(connection, client);
        }
    }

    @Override
    Step start(Handshake handshake, Buffer target) {
        // The client speaks first.
        return Step.MORE;
    }

    @Override
    boolean takeSlot(DialledConnection connection, TlsSide client, PendingHandshake pending) {
        TlsRules rules = client.rules();
        return pending.takeSlot(rules.slots().get(connection.loop().index()), rules.maxHandshakes(), () -> {
            pending.toProceed(true);
            goOnLater(connection, client);
        });
    }

    @Override
    void done(DialledConnection connection, TlsSide client, Buffer in, int at, Loan out) {
        PendingHandshake pending = client.pending();
        int deferrable = client.handshakeDone(in, at);
        if (deferrable < 0) {
            refuse(connection, client);
            return;
        }
        if (deferrable > 0 && deferrable == out.get().content()) {
            client.defer(out.take());
        } else if (out.get().content() > 0 && client.send(out.take()) < 0) {
            connection.close(CloseReason.CLIENT_RESET);
            return;
        }
        Session session = client.session();
        connection.counters()
                .handshake(session != null && session.isTls13() ? HandshakeResult.DONE_13 : HandshakeResult.DONE_12);
        if (pending != null) {
            connection.counters().handshakeTime(connection.now() - pending.begunAt());
        }
        connection.onHandshaken();
    }

    @Override
    void fail(DialledConnection connection, TlsSide client, PendingHandshake pending, Loan out, TlsException why) {
        note(connection, pending, HandshakeResult.of(why), String.valueOf(why.getMessage()));
        if (why.alert() != null && pending.isStarted()) {
            client.handshake(pending).fail(why.alert(), out.get());
        } else if (why.alert() != null) {
            // An engine would have nothing to say about what it has not seen.
            byte[] alert = why.alert().record();
            out.get().append(alert, 0, alert.length);
        }
        pending.leaveSlot();
        pending.forgetEngine();
        refuseWith(connection, client, out);
    }

    private static void note(DialledConnection connection, PendingHandshake pending, HandshakeResult result,
            String why) {
        connection.counters().handshake(result);
        pending.failed(result.label() + ": " + why);
    }

    @Override
    void left(DialledConnection connection, TlsSide client, int code) {
        PendingHandshake pending = client.pending();
        if (code != StreamSocket.END_OF_STREAM) {
            connection.close(CloseReason.CLIENT_RESET);
        } else if (pending != null && pending.hasBegun()) {
            note(connection, pending, HandshakeResult.LEFT, "the client has left");
            connection.close(CloseReason.TLS_HANDSHAKE_FAILED);
        } else {
            connection.close(CloseReason.CLIENT_FINISHED);
        }
    }

    @Override
    void refuse(DialledConnection connection, TlsSide client) {
        connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
    }

    /** The connection ends for another reason than its handshake. */
    static void abandon(DialledConnection connection) {
        PendingHandshake pending = connection.client() instanceof TlsSide client ? client.pending() : null;
        if (pending != null && pending.hasBegun() && pending.problem() == null) {
            connection.counters().handshake(HandshakeResult.LEFT);
        }
    }

    /** The timer has fired: the handshake's deadline may have passed. */
    static void expire(DialledConnection connection, long now) {
        PendingHandshake pending = connection.client() instanceof TlsSide side ? side.pending() : null;
        if (pending != null && connection.client() instanceof TlsSide client) {
            long deadline = connection.accepted() + client.rules().deadlineNanos();
            if (deadline <= now) {
                note(connection, pending, HandshakeResult.TIMEOUT,
                        pending.hasBegun() ? "it was not complete in time" : "the client has said nothing");
                connection.close(CloseReason.TLS_HANDSHAKE_TIMEOUT);
            } else {
                connection.deadlineAt(deadline);
            }
        }
    }
}
