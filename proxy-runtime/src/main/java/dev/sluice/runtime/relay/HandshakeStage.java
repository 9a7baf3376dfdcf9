package dev.sluice.runtime.relay;

import java.util.Objects;
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
import org.jspecify.annotations.Nullable;

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
        LoopMemory memory = connection.loop().memory();
        try (Loan in = new Loan(memory); Loan out = new Loan(memory)) {
            if (!in.isThere() || !out.isThere()) {
                client.awaitMemory();
            } else if (pending.isToProceed()) {
                proceed(connection, client, pending, in, out);
            } else {
                read(connection, client, pending, in, out);
            }
        }
    }

    /** A borrowed buffer, which is given back at the end unless it was handed over. */
    private static final class Loan implements AutoCloseable {
        private final LoopMemory memory;
        private @Nullable Buffer buffer;

        Loan(LoopMemory memory) {
            this.memory = memory;
            this.buffer = memory.borrow();
        }

        boolean isThere() {
            return buffer != null;
        }

        Buffer get() {
            return Objects.requireNonNull(buffer, "handed over");
        }

        /** Hands the buffer over to the caller. */
        Buffer take() {
            Buffer taken = get();
            buffer = null;
            return taken;
        }

        @Override
        public void close() {
            if (buffer != null) {
                memory.giveBack(buffer);
            }
        }
    }

    private static void read(DialledConnection connection, TlsSide client, PendingHandshake pending, Loan in,
            Loan out) {
        in.get().readAtMost(RecordFormat.MAX_RECORD);
        int count = client.readRaw(in.get());
        if (count < 0) {
            left(connection, pending, count);
        } else if (count > 0) {
            connection.touch();
            advance(connection, client, pending, in.get(), out, Step.MORE);
        }
    }

    /** Goes on after a worker, after everything was sent, or after waiting for a place. */
    private static void proceed(DialledConnection connection, TlsSide client, PendingHandshake pending, Loan in,
            Loan out) {
        pending.toProceed(false);
        Step step;
        try {
            step = pending.isStarted() ? client.handshake(pending).proceed(out.get()) : Step.MORE;
        } catch (TlsException e) {
            fail(connection, client, pending, out, e);
            return;
        }
        client.takeUnopened(in.get());
        advance(connection, client, pending, in.get(), out, step);
    }

    /**
     * Takes the records that are whole.
     *
     * @param in what was read
     * @param before the result of the step before
     */
    private static void advance(DialledConnection connection, TlsSide client, PendingHandshake pending, Buffer in,
            Loan out, Step before) {
        Step step = before;
        int at = 0;
        try {
            while (true) {
                int length = Records.length(in, at);
                if (length >= 0) {
                    // Also of one that has to wait: its length is not trusted before.
                    check(in, at, length);
                }
                if (step != Step.MORE || length < 0 || in.content() - at < length
                        || !takeSlot(connection, client, pending)) {
                    break;
                }
                // An engine is made for a whole record only: those that dribble cost no more than their bytes.
                step = client.handshake(pending).receive(in, at, length, out.get());
                at += length;
            }
        } catch (TlsException e) {
            fail(connection, client, pending, out, e);
            return;
        }
        if (step == Step.DONE) {
            done(connection, client, client.handshake(pending), in, at, out);
        } else if (!client.keepUnopened(in, at)) {
            connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
        } else if (out.get().content() > 0 && client.send(out.take()) < 0) {
            connection.close(CloseReason.CLIENT_RESET);
        } else {
            next(connection, client, pending, step);
        }
    }

    private static void next(DialledConnection connection, TlsSide client, PendingHandshake pending, Step step) {
        if (step == Step.WORK) {
            work(connection, client, pending);
        } else if (step == Step.SEND) {
            pending.toProceed(true);
            if (!client.owed()) {
                connection.loop().execute(() -> runGuarded(connection));
            }
        }
        client.updateInterest();
    }

    /** Runs the stage as a task of the loop. */
    private static void runGuarded(DialledConnection connection) {
        try {
            run(connection);
        } catch (RuntimeException | Error e) {
            connection.fail(e);
        }
    }

    private static boolean takeSlot(DialledConnection connection, TlsSide client, PendingHandshake pending) {
        TlsRules rules = client.rules();
        return pending.takeSlot(rules.slots().get(connection.loop().index()), rules.maxHandshakes(), () -> {
            pending.toProceed(true);
            // Not within the end of another connection's handshake.
            connection.loop().execute(() -> runGuarded(connection));
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
                if (!pending.isAbandoned()) {
                    handshake.work();
                }
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
        runGuarded(connection);
    }

    private static void done(DialledConnection connection, TlsSide client, Handshake handshake, Buffer in, int at,
            Loan out) {
        int deferrable = handshake.deferrable();
        if (!client.handshakeDone(handshake, in, at)) {
            connection.close(CloseReason.TLS_HANDSHAKE_REFUSED);
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
        connection.onHandshaken();
    }

    private static void fail(DialledConnection connection, TlsSide client, PendingHandshake pending, Loan out,
            TlsException why) {
        note(connection, pending, HandshakeResult.of(why), String.valueOf(why.getMessage()));
        if (why.alert() != null) {
            client.handshake(pending).fail(why.alert(), out.get());
        }
        pending.leaveSlot();
        pending.forgetEngine();
        if (out.get().content() > 0 && client.send(out.take()) < 0) {
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
