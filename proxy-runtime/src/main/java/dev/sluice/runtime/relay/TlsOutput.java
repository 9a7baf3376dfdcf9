package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.capture.Capture;
import dev.sluice.runtime.capture.CapturedRecords;
import dev.sluice.runtime.capture.CapturedSocket;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.OwnedBytes;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.RecordRules;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.UpstreamTls;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link TlsSide}: plaintext becomes records, and those that the kernel does not take wait. The server's tickets wait
 * for the first data: a client that sends, closes and never reads would have its kernel reset the connection for them. On the connection's
 * loop.
 */
abstract class TlsOutput extends Side {
    /** The record layer; null until the handshake is done. */
    private @Nullable Records records;
    private @Nullable RecordRules recordRules;
    /** Records that are not sent yet. */
    private @Nullable Buffer unsent;
    /** Whether {@link #unsent} waits for data. */
    private boolean deferred;
    /** Whether the end of the stream, or an alert, has been written. */
    private boolean goodbye;
    private @Nullable CloseReason failure;

    TlsOutput(Connection connection, @Nullable StreamSocket socket) {
        super(connection, socket);
    }

    final TlsRules rules() {
        TlsRules rules = connection.settings().tls();
        if (rules == null) {
            throw new IllegalStateException("a listener without tls");
        }
        return rules;
    }

    final LoopMemory memory() {
        return connection.loop().memory();
    }

    /** Rules about the handshakes with the endpoints that are being tried. */
    final UpstreamTls upstreamRules() {
        UpstreamTls rules = connection.upstreamTls();
        if (rules == null) {
            throw new IllegalStateException("a cluster without tls");
        }
        return rules;
    }

    /** Rules about the records; once the handshake is done they are this side's own. */
    final RecordRules recordRules() {
        RecordRules known = recordRules;
        if (known != null) {
            return known;
        }
        return self().isClient() ? rules().records() : upstreamRules().records();
    }

    final LoopCiphers ciphers() {
        return recordRules().ciphers().get(connection.loop().index());
    }

    /** The record layer; null until the handshake is done. */
    @Nullable
    final Records records() {
        return records;
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    final void records(Records established) {
        if (records == established) {
            return;
        }
        if (records != null) {
            connection.countTls(self(), records.keepsEngine(), -1);
        }
        connection.countTls(self(), established.keepsEngine(), 1);
        recordRules = recordRules();
        records = connection.captured(self(), established);
    }

    @Override
    final void capturedBy(CapturedSocket by) {
        if (records != null) {
            records = by.own(records);
        }
    }

    @Override
    final void releasedFrom(Capture over) {
        if (records instanceof CapturedRecords captured) {
            records = captured.without(over);
        }
    }

    /** Destroys the secrets. */
    final void endRecords() {
        if (records != null) {
            connection.countTls(self(), records.keepsEngine(), -1);
            records.end();
        }
    }

    /** Whether it is the turn of this side's handshake. */
    final boolean handshaking() {
        return records == null && connection.state() == (self().isClient()
                ? RelayState.HANDSHAKE
                : RelayState.UPSTREAM_HANDSHAKE);
    }

    @Override
    @Nullable
    final CloseReason failure() {
        return failure;
    }

    /** Notes the reason for the end of the connection, if it is not a reset of the socket. */
    final void failure(CloseReason reason) {
        failure = reason;
    }

    @Override
    final boolean needsHandshake() {
        return records == null;
    }

    @Override
    final boolean splices() {
        return false;
    }

    /** Notes what is wrong with what the peer has sent, in words. */
    abstract void noteProblem(String why);

    /** Sends the alert that is due, as far as the kernel takes it: the reset follows. */
    final void fail(Records open, TlsException why) {
        Alert alert = why.alert();
        if (alert != null) {
            failure = CloseReason.TLS_RECORD_INVALID;
        } else {
            // In TLS 1.3 an endpoint refuses a client certificate after the handshake, as the client sees it.
            failure = self().isClient() ? CloseReason.TLS_ALERT_RECEIVED : CloseReason.UPSTREAM_TLS_FAILED;
        }
        noteProblem(String.valueOf(why.getMessage()));
        Buffer target = alert == null || goodbye ? null : memory().borrow();
        if (alert != null && target != null) {
            takeDeferred(target);
            open.alert(ciphers(), alert, target);
            if (unsent == null) {
                super.write(target);
            }
            memory().giveBack(target);
        }
        goodbye = true;
    }

    @Override
    int write(Buffer plain) {
        Records open = records;
        if (open == null) {
            throw new IllegalStateException("no handshake yet");
        }
        int before = plain.remaining();
        while (plain.remaining() > 0 && (unsent == null || deferred)) {
            Buffer target = memory().borrow();
            if (target == null) {
                awaitMemory();
                break;
            }
            takeDeferred(target);
            try {
                open.seal(ciphers(), plain, target);
            } catch (RuntimeException | Error e) {
                memory().giveBack(target);
                throw e;
            } catch (TlsException e) {
                memory().giveBack(target);
                failure = CloseReason.TLS_RECORD_INVALID;
                return StreamSocket.BROKEN;
            }
            if (target.content() == 0) {
                memory().giveBack(target);
                awaitMemory();
                break;
            }
            int sent = send(target);
            if (sent < 0) {
                return sent;
            }
        }
        return before - plain.remaining();
    }

    /** Appends the records that have waited for data. */
    private void takeDeferred(Buffer target) {
        if (deferred && unsent != null && unsent.content() <= target.room()) {
            target.append(unsent, 0, unsent.content());
            memory().giveBack(unsent);
            unsent = null;
            deferred = false;
        }
    }

    /**
     * Sends records, and keeps those that the kernel does not take.
     *
     * @param sealed a borrowed buffer, which the caller gives up
     * @return negative = this side is broken
     */
    int send(Buffer sealed) {
        int sent = super.write(sealed);
        if (sent < 0 || sealed.remaining() == 0) {
            memory().giveBack(sealed);
            return sent;
        }
        if (unsent != null) {
            throw new IllegalStateException("records would overtake others");
        }
        unsent = memory().keep(sealed);
        startStall(connection.now());
        updateInterest();
        return sent;
    }

    /** Sends bytes before a reset, as far as the kernel takes them. */
    final void sendLast(Buffer bytes) {
        if (unsent == null && bytes.content() > 0) {
            super.write(bytes);
        }
    }

    /** Keeps records that may wait for data. */
    void defer(Buffer sealed) {
        if (sealed.content() == 0) {
            memory().giveBack(sealed);
        } else {
            unsent = memory().keep(sealed);
            deferred = true;
        }
    }

    @Override
    boolean canFlush() {
        // To seal, a buffer is needed: without one, room in the kernel is of no use.
        return (unsent != null && !deferred) || (!handshaking() && super.owed() && !waitingForMemory());
    }

    @Override
    boolean owed() {
        // Bytes that filters let pass before an endpoint was dialled wait for its handshake.
        return (unsent != null && !deferred) || (!handshaking() && super.owed());
    }

    @Override
    boolean drained() {
        return (unsent == null || deferred) && !handshaking() && super.drained();
    }

    @Override
    boolean flush() {
        Buffer waiting = unsent;
        if (waiting == null || deferred) {
            return super.flush();
        }
        int sent = super.write(waiting);
        if (sent < 0 && handshaking()) {
            connection.onReset(self());
            return true;
        }
        if (sent < 0) {
            broke(sent);
            return true;
        }
        if (sent > 0) {
            connection.touch();
        }
        if (waiting.remaining() > 0) {
            unsent = memory().compact(waiting);
            return sent > 0;
        }
        unsent = null;
        memory().giveBack(waiting);
        if (handshaking()) {
            updateInterest();
            connection.pump(this);
        } else if (super.owed()) {
            super.flush();
        } else {
            resumePeer();
        }
        return true;
    }

    @Override
    boolean sayGoodbye() {
        Records open = records;
        if (goodbye || broken() || open == null || connection.state() == RelayState.RESETTING) {
            // What is cut gets no close_notify.
            return !owed();
        } else if (unsent != null && !deferred) {
            return false;
        }
        Buffer target = memory().borrow();
        if (target == null) {
            awaitMemory();
            return false;
        }
        goodbye = true;
        takeDeferred(target);
        open.closeNotify(ciphers(), target);
        int sent = send(target);
        if (sent < 0) {
            broke(sent);
            return false;
        }
        return unsent == null;
    }

    @Override
    boolean complete() {
        return super.complete() && (goodbye || records == null || broken());
    }

    @Override
    void onMemory() {
        if (owed()) {
            flush();
        } else if (peer().finished()) {
            finishIfDrained();
        }
    }

    @Override
    void release() {
        super.release();
        releaseUnsent();
    }

    private void releaseUnsent() {
        if (unsent != null) {
            memory().giveBack(unsent);
            unsent = null;
            deferred = false;
        }
    }

    @Override
    void abortConnect() {
        memory().cancel(this);
        releaseUnsent();
        endRecords();
        // The next endpoint has nothing to do with the keys of this one.
        records = null;
        recordRules = null;
        super.abortConnect();
    }

    @Override
    int bufferBytes() {
        return super.bufferBytes() + (unsent == null ? 0 : unsent.capacity());
    }

    @Override
    void addOwned(OwnedBytes sum) {
        super.addOwned(sum);
        sum.tls(unsent);
    }
}
