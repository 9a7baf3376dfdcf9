package dev.sluice.runtime.relay;

import java.util.concurrent.RejectedExecutionException;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.HandshakeResult;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * The stage of a connection in which its TLS handshake is made, {@link RelayState#HANDSHAKE}: after the decision to let the client in, before
 * its first bytes are filtered and an endpoint is dialled, so that handshakes cost endpoints nothing. Static; on the connection's loop.
 */
final class HandshakeStage {
    private HandshakeStage() {}

    /** Begins the stage. */
    static void begin(DialledConnection connection, TlsSide client) {
        connection.state(RelayState.HANDSHAKE);
        connection.deadlineAt(connection.accepted() + client.rules().deadlineNanos());
        client.updateInterest();
    }

    /** Reads on, or goes on after a worker, or after what was owed has been sent. */
    static void run(DialledConnection connection) {
        if (connection.state() != RelayState.HANDSHAKE || !(connection.client() instanceof TlsSide client)) {
            return;
        }
        PendingHandshake pending = client.pending();
        if (pending == null || pending.isWorking() || pending.isQueued() || client.owed()) {
            return;
        }
        if (pending.isToProceed()) {
            proceed(connection, client, pending);
            return;
        }
        LoopMemory memory = connection.loop().memory();
        Buffer in = memory.borrow();
        Buffer out = in == null ? null : memory.borrow();
        if (in == null || out == null) {
            if (in != null) {
                memory.giveBack(in);
            }
            client.awaitMemory();
            return;
        }
        Buffer unsent = out;
        try {
            int count = client.readRaw(in);
            if (count < 0) {
                left(connection, pending, count);
                return;
            }
            connection.touch();
            unsent = null;
            advance(connection, client, pending, in, out, Step.MORE);
        } finally {
            memory.giveBack(in);
            if (unsent != null) {
                memory.giveBack(unsent);
            }
        }
    }

    /**
     * Takes the records that are whole.
     *
     * @param in a borrowed buffer with what was read, which stays with the caller
     * @param out a borrowed buffer, which the caller gives up
     * @param before the result of the step before
     */
    private static void advance(DialledConnection connection, TlsSide client, PendingHandshake pending, Buffer in,
            Buffer out,
            Step before) {
        Step step = before;
        int at = 0;
        try {
            while (step == Step.MORE) {
                int length = Records.length(in, at);
                if (length >= 0) {
                    check(in, at, length);
                }
                if (length < 0 || in.content() - at < length) {
                    break;
                }
                if (!takeSlot(connection, client, pending)) {
                    break;
                }
                // An engine is made for a whole record only: those that dribble cost no more than their bytes.
                step = client.handshake(pending).receive(in, at, length, out);
                at += length;
            }
        } catch (TlsException e) {
            fail(connection, client, pending, out, e);
            return;
        }
        if (step == Step.DONE) {
            done(connection, client, client.handshake(pending), in, at, out);
            return;
        }
        if (!client.keepUnopened(in, at)) {
            connection.loop().memory().giveBack(out);
            connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
            return;
        }
        if (out.content() == 0) {
            connection.loop().memory().giveBack(out);
        } else if (client.send(out) < 0) {
            connection.close(CloseReason.CLIENT_RESET);
            return;
        }
        if (step == Step.WORK) {
            work(connection, client, pending);
        } else if (step == Step.SEND) {
            pending.toProceed(true);
            if (!client.owed()) {
                connection.loop().execute(() -> run(connection));
            }
        }
        client.updateInterest();
    }

    private static boolean takeSlot(DialledConnection connection, TlsSide client, PendingHandshake pending) {
        TlsRules rules = client.rules();
        return pending.takeSlot(rules.slots().get(connection.loop().index()), rules.maxHandshakes(), () -> {
            pending.toProceed(true);
            // Not within the end of another connection's handshake.
            connection.loop().execute(() -> run(connection));
        });
    }

    private static void check(Buffer in, int at, int length) throws TlsException {
        int type = in.byteAt(at) & 0xff;
        if (type < 20 || type > 23) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, HandshakeResult.NOT_TLS_MESSAGE);
        }
        if (length > RecordFormat.MAX_RECORD) {
            throw TlsException.violation(Alert.RECORD_OVERFLOW,
                    "a record of " + (length - RecordFormat.HEADER_BYTES) + " bytes");
        }
    }

    private static void work(DialledConnection connection, TlsSide client, PendingHandshake pending) {
        Handshake handshake = client.handshake(pending);
        pending.working(true);
        try {
            client.rules().workers().execute(() -> {
                handshake.work();
                connection.loop().execute(() -> worked(connection, pending));
            });
        } catch (RejectedExecutionException e) {
            pending.working(false);
            connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
        }
    }

    private static void worked(DialledConnection connection, PendingHandshake pending) {
        pending.working(false);
        if (connection.closed()) {
            pending.abandon();
            return;
        }
        pending.toProceed(true);
        run(connection);
    }

    /** Goes on after a worker, or after everything was sent. */
    private static void proceed(DialledConnection connection, TlsSide client, PendingHandshake pending) {
        LoopMemory memory = connection.loop().memory();
        Buffer in = memory.borrow();
        Buffer out = in == null ? null : memory.borrow();
        if (in == null || out == null) {
            if (in != null) {
                memory.giveBack(in);
            }
            client.awaitMemory();
            return;
        }
        pending.toProceed(false);
        try {
            Step step = pending.isStarted() ? client.handshake(pending).proceed(out) : Step.MORE;
            client.takeUnopened(in);
            advance(connection, client, pending, in, out, step);
        } catch (TlsException e) {
            fail(connection, client, pending, out, e);
        } finally {
            memory.giveBack(in);
        }
    }

    private static void done(DialledConnection connection, TlsSide client, Handshake handshake, Buffer in, int at,
            Buffer out) {
        LoopMemory memory = connection.loop().memory();
        int deferrable = handshake.deferrable();
        if (!client.handshakeDone(handshake, in, at)) {
            memory.giveBack(out);
            connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
            return;
        }
        if (deferrable > 0 && deferrable == out.content()) {
            client.defer(out);
        } else if (out.content() == 0) {
            memory.giveBack(out);
        } else if (client.send(out) < 0) {
            connection.close(CloseReason.CLIENT_RESET);
            return;
        }
        Session session = client.session();
        connection.counters()
                .handshake(session != null && session.isTls13() ? HandshakeResult.DONE_13 : HandshakeResult.DONE_12);
        connection.onHandshaken();
    }

    private static void fail(DialledConnection connection, TlsSide client, PendingHandshake pending, Buffer out,
            TlsException why) {
        pending.leaveSlot();
        note(connection, pending, HandshakeResult.of(why), String.valueOf(why.getMessage()));
        if (why.alert() != null) {
            client.handshake(pending).fail(why.alert(), out);
        }
        if (out.content() == 0) {
            connection.loop().memory().giveBack(out);
        } else if (client.send(out) < 0) {
            connection.close(CloseReason.TLS_HANDSHAKE_FAILED);
            return;
        }
        // FIN and not a reset, which would destroy the alert on its way.
        connection.refuse(CloseReason.TLS_HANDSHAKE_FAILED);
    }

    private static void note(DialledConnection connection, PendingHandshake pending, HandshakeResult result,
            String why) {
        connection.counters().handshake(result);
        pending.failed(result.label() + ": " + why);
    }

    private static void left(DialledConnection connection, PendingHandshake pending, int code) {
        if (code != StreamSocket.END_OF_STREAM) {
            connection.close(CloseReason.CLIENT_RESET);
        } else if (pending.hasBegun()) {
            note(connection, pending, HandshakeResult.LEFT, "the client has left");
            connection.close(CloseReason.TLS_HANDSHAKE_FAILED);
        } else {
            connection.close(CloseReason.CLIENT_FINISHED);
        }
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
