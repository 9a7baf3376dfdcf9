package dev.sluice.runtime.relay;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The stage of a connection in which one of its sides makes a TLS handshake. This class moves the records; {@link AcceptedHandshake}, with
 * the client, and {@link DialledHandshake}, with the endpoint, decide what its end means. Stateless; on the connection's loop.
 */
abstract class HandshakeStage {
    private final RelayState state;
    private final String notTls;

    /**
     * A stage.
     *
     * @param state of its connections
     * @param notTls the message about bytes that are no record
     */
    HandshakeStage(RelayState state, String notTls) {
        this.state = state;
        this.notTls = notTls;
    }

    /** Begins the engine's part, when there is a record, or nothing to wait for. */
    abstract Step start(Handshake handshake, Buffer target) throws TlsException;

    /** Begins the conversation in plaintext that comes first, where this side does. */
    abstract void ask(DialledConnection connection, TlsSide side, Loan out);

    /**
     * Takes bytes of the conversation in plaintext that comes first.
     *
     * @return whether the handshake begins with these bytes; otherwise everything that is due has been done
     */
    abstract boolean greet(DialledConnection connection, TlsSide side, PendingHandshake pending, Buffer in, Loan out);

    /**
     * Takes bytes of a hello that is to be looked at before an engine sees it.
     *
     * @return whether the handshake begins with these bytes; otherwise everything that is due has been done
     */
    boolean decide(DialledConnection connection, TlsSide side, PendingHandshake pending, Loan in, Loan out) {
        return true;
    }

    /** Takes a place among the handshakes that are under way. @return false = it waits for one */
    abstract boolean takeSlot(DialledConnection connection, TlsSide side, PendingHandshake pending);

    /** The handshake is done, and its last records are in {@code out}. */
    abstract void done(DialledConnection connection, TlsSide side, Buffer in, int at, Loan out);

    /** The handshake has failed; {@code out} may be used for an alert. */
    abstract void fail(DialledConnection connection, TlsSide side, PendingHandshake pending, Loan out,
            TlsException why);

    /** The stream of the side has ended, or is cut. */
    abstract void left(DialledConnection connection, TlsSide side, int code);

    /** The proxy itself cannot go on. */
    abstract void refuse(DialledConnection connection, TlsSide side);

    /** Reads on, or goes on after a worker, or after what was owed has been sent. */
    final void run(DialledConnection connection, TlsSide side) {
        run(connection, side, null);
    }

    /**
     * Runs the stage.
     *
     * @param first a borrowed buffer with bytes that are sent before the first record, which the caller gives up; null = there are none
     */
    final void run(DialledConnection connection, TlsSide side, @Nullable Buffer first) {
        PendingHandshake pending = side.pending();
        if (connection.state() != state || !side.hasSocket() || pending == null || pending.isHeldBack()
                || side.owed()) {
            if (first != null) {
                connection.loop().memory().giveBack(first);
            }
            return;
        }
        if (first == null && side.ciphers().budget().isFull(pending.isStarted(), connection.now())) {
            awaitTime(connection, side, pending);
            return;
        }
        runNow(connection, side, pending, first);
    }

    /** Leaves it until it has its turn. One that has not begun is unread: a client that resets meanwhile is reported, and costs nothing. */
    private void awaitTime(DialledConnection connection, TlsSide side, PendingHandshake pending) {
        pending.awaitingTime(true);
        side.updateInterest();
        EventLoop loop = connection.loop();
        side.ciphers().budget().await(() -> {
            pending.awaitingTime(false);
            runGuarded(connection, () -> goOn(connection, side, pending));
        }, pending.isStarted(), loop::now, loop::executeNextTurn);
    }

    @SuppressWarnings("ReferenceEquality") // the very handshake, the very side
    private void goOn(DialledConnection connection, TlsSide side, PendingHandshake pending) {
        if (connection.state() == state && side.hasSocket() && side.pending() == pending) {
            runNow(connection, side, pending, null);
            if (connection.peerOf(side.peer()) == side) {
                side.updateInterest();
            }
        }
    }

    private void runNow(DialledConnection connection, TlsSide side, PendingHandshake pending, @Nullable Buffer first) {
        LoopMemory memory = connection.loop().memory();
        try (Loan in = new Loan(memory, null); Loan out = new Loan(memory, first)) {
            if (!in.isThere() || !out.isThere()) {
                if (first != null && side.send(out.take()) < 0) {
                    left(connection, side, StreamSocket.BROKEN);
                } else {
                    side.awaitMemory();
                }
            } else if (pending.isToProceed()) {
                proceed(connection, side, pending, in, out);
            } else {
                read(connection, side, pending, in, out);
            }
        }
    }

    /** A borrowed buffer, which is given back at the end unless it was handed over. */
    static final class Loan implements AutoCloseable {
        private final LoopMemory memory;
        private @Nullable Buffer buffer;

        /** @param taken a buffer that is borrowed already; null = one is borrowed now, if there is one */
        Loan(LoopMemory memory, @Nullable Buffer taken) {
            this.memory = memory;
            this.buffer = taken == null ? memory.borrow() : taken;
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

    private void read(DialledConnection connection, TlsSide side, PendingHandshake pending, Loan in, Loan out) {
        in.get().readAtMost(RecordFormat.MAX_RECORD);
        int count = side.readRaw(in.get());
        if (count < 0) {
            left(connection, side, count);
        } else if (count > 0) {
            connection.touch();
            boolean greeted = !pending.isGreeting() || greet(connection, side, pending, in.get(), out);
            if (greeted && (!pending.isUndecided() || decide(connection, side, pending, in, out))) {
                advance(connection, side, pending, in.get(), out, Step.MORE);
            }
        }
    }

    /** Goes on after a worker, after everything was sent, or after waiting for a place. */
    private void proceed(DialledConnection connection, TlsSide side, PendingHandshake pending, Loan in, Loan out) {
        pending.toProceed(false);
        if (pending.isGreeting()) {
            ask(connection, side, out);
            return;
        }
        if (pending.isUndecided()) {
            side.takeUnopened(in.get());
            if (decide(connection, side, pending, in, out)) {
                advance(connection, side, pending, in.get(), out, Step.MORE);
            }
            return;
        }
        Step step;
        long from = System.nanoTime();
        try {
            step = pending.isStarted()
                    ? side.handshake(pending).proceed(out.get())
                    : start(side.handshake(pending), out.get());
        } catch (TlsException e) {
            fail(connection, side, pending, out, e);
            return;
        }
        side.ciphers().budget().spend(connection.now(), System.nanoTime() - from);
        side.takeUnopened(in.get());
        advance(connection, side, pending, in.get(), out, step);
    }

    /**
     * Takes the records that are whole.
     *
     * @param in what was read
     * @param before the result of the step before
     */
    private void advance(DialledConnection connection, TlsSide side, PendingHandshake pending, Buffer in, Loan out,
            Step before) {
        Step step = before;
        int at = 0;
        try {
            while (true) {
                int length = Records.length(in, at);
                if (length >= 0 && step == Step.MORE) {
                    // Also of one that is not whole. Not while an engine works, which has no alert then; behind the handshake it is a matter
                    // of the record layer.
                    check(in, at, length);
                }
                if (step != Step.MORE || length < 0 || in.content() - at < length
                        || !takeSlot(connection, side, pending)) {
                    break;
                }
                // An engine is made for a whole record only: those that dribble cost no more than their bytes.
                long from = System.nanoTime();
                step = side.handshake(pending).receive(in, at, length, out.get());
                side.ciphers().budget().spend(connection.now(), System.nanoTime() - from);
                at += length;
            }
        } catch (TlsException e) {
            fail(connection, side, pending, out, e);
            return;
        }
        if (step == Step.DONE) {
            done(connection, side, in, at, out);
        } else if (!side.keepUnopened(in, at)) {
            refuse(connection, side);
        } else if (out.get().content() > 0 && side.send(out.take()) < 0) {
            left(connection, side, StreamSocket.BROKEN);
        } else {
            next(connection, side, pending, step);
        }
    }

    private void next(DialledConnection connection, TlsSide side, PendingHandshake pending, Step step) {
        if (step == Step.WORK) {
            work(connection, side, pending);
        } else if (step == Step.SEND) {
            pending.toProceed(true);
            if (!side.owed()) {
                goOnLater(connection, side);
            }
        }
        side.updateInterest();
    }

    /** Runs the stage in the next turn, and not within the end of another connection's handshake. */
    final void goOnLater(DialledConnection connection, TlsSide side) {
        connection.loop().executeNextTurn(() -> runGuarded(connection, () -> run(connection, side)));
    }

    /** Runs the stage as a task of the loop. */
    private static void runGuarded(DialledConnection connection, Runnable stage) {
        try {
            stage.run();
        } catch (RuntimeException | Error e) {
            connection.fail(e);
        }
    }

    /** Checks the header of a record. */
    final void check(Buffer in, int at, int length) throws TlsException {
        int type = in.byteAt(at) & 0xff;
        if (type < 20 || type > 23) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, notTls);
        }
        boolean plain = type != RecordFormat.APPLICATION_DATA;
        if (length > (plain ? RecordFormat.HEADER_BYTES + RecordFormat.MAX_CONTENT : RecordFormat.MAX_RECORD)) {
            throw TlsException.violation(Alert.RECORD_OVERFLOW,
                    "a record of " + (length - RecordFormat.HEADER_BYTES) + " bytes");
        }
    }

    private void work(DialledConnection connection, TlsSide side, PendingHandshake pending) {
        Handshake handshake = side.handshake(pending);
        pending.working(true);
        try {
            side.workers().execute(() -> {
                if (!pending.isAbandoned()) {
                    handshake.work();
                }
                connection.loop().execute(() -> worked(connection, side, pending));
            });
        } catch (RejectedExecutionException e) {
            pending.working(false);
            refuse(connection, side);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very handshake
    private void worked(DialledConnection connection, TlsSide side, PendingHandshake pending) {
        pending.working(false);
        if (connection.closed() || side.pending() != pending) {
            pending.abandon();
            return;
        }
        pending.toProceed(true);
        runGuarded(connection, () -> run(connection, side));
    }
}
