package dev.sluice.runtime.relay;

import java.util.concurrent.Executor;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.observe.OwnedBytes;
import dev.sluice.runtime.observe.ReadBlock;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.SharedSessions;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Side} whose bytes are in TLS records: everything above it reads and writes plaintext. On the connection's loop.
 *
 * <p>Two classes for one object, as {@link Side} and {@link SideOutput} are: this one receives. Records are opened in the buffer into which
 * they were read. Between events it keeps the beginning of a record that is not complete, and records that the kernel did not take, and
 * nothing else but {@link Records}.
 */
final class TlsSide extends TlsOutput {
    /** The handshake, until it is done, and afterwards if it or the stream has failed. */
    private @Nullable PendingHandshake pending = new PendingHandshake();
    private @Nullable Session session;
    /** Bytes that were read, and are not opened yet: a part of a record or, after the handshake, more. */
    private @Nullable Buffer unopened;
    /** The time at which the first byte of a record in {@link #unopened} was read. */
    private long unopenedSince;
    /** Whether there is something to pump though the kernel has no byte: close_notify, or whole records. */
    private boolean moreToPump;
    private boolean pumping;
    /** Whether it was read when the poller was last asked. */
    private boolean wasRead;

    /** @param socket the client's; null = it is the side of an endpoint, which is still to be dialled */
    TlsSide(Connection connection, @Nullable StreamSocket socket) {
        super(connection, socket);
    }

    /** The outcome of the handshake; null before. */
    @Override
    @Nullable
    Session session() {
        return session;
    }

    /** The handshake; null = it is done. */
    @Nullable
    PendingHandshake pending() {
        return pending;
    }

    /** Begins the handshake with an endpoint that is connected. @return it */
    PendingHandshake beginHandshake() {
        PendingHandshake begun = new PendingHandshake();
        pending = begun;
        return begun;
    }

    /** The engine's part of the handshake. */
    Handshake handshake(PendingHandshake of) {
        return of.handshake(isClient()
                ? () -> rules().server().newHandshake(ciphers())
                : () -> upstreamRules().client().newHandshake(ciphers(), connection.attribute(Attributes.SNI),
                        connection.dialledAddress()));
    }

    /** Runs what takes long in the handshake. */
    Executor workers() {
        return isClient() ? rules().workers() : upstreamRules().workers();
    }

    @Override
    boolean hasSpoken() {
        return super.hasSpoken() || (pending != null && pending.hasBegun());
    }

    @Override
    @Nullable
    String problem() {
        return pending == null ? null : pending.problem();
    }

    @Override
    @Nullable
    String askedName() {
        return pending == null ? null : pending.askedName();
    }

    @Override
    void noteProblem(String why) {
        PendingHandshake over = pending == null ? new PendingHandshake() : pending;
        over.failed((isClient() ? "the client: " : "the endpoint: ") + why);
        pending = over;
    }

    /**
     * Takes over from a handshake that is done.
     *
     * @param rest a borrowed buffer with what was read behind the handshake, which stays with the caller
     * @param index of its first byte
     * @return the number of last bytes to send that may wait for data; negative = there is no place for the rest
     */
    int handshakeDone(Buffer rest, int index) {
        PendingHandshake before = pending;
        if (before == null) {
            throw new IllegalStateException("no handshake");
        }
        Handshake done = handshake(before);
        int deferrable = done.deferrable();
        SharedSessions sessions = isClient() ? rules().sessions() : upstreamRules().sessions();
        session = sessions.share(done.session());
        records(done.finish());
        unopenedSince = connection.now();
        before.leaveSlot();
        pending = null;
        return keepUnopened(rest, index) ? deferrable : -1;
    }

    /** Leaves the handshake, and this side, to one that takes its place; every byte that was read is with the caller. */
    void leaveHandshake() {
        if (pending != null) {
            pending.leaveSlot();
            pending = null;
        }
        moreToPump = false;
    }

    /** Appends the bytes that were kept to a borrowed buffer. */
    void takeUnopened(Buffer target) {
        if (unopened != null) {
            target.appendKept(unopened);
            memory().giveBack(unopened);
            unopened = null;
        }
        moreToPump = false;
    }

    /** Reads raw bytes behind those that were kept. @return as {@link StreamSocket#read} */
    int readRaw(Buffer target) {
        Buffer kept = unopened;
        int before = target.content();
        if (kept != null) {
            target.appendKept(kept);
        }
        int count = discard(target);
        if (count <= 0) {
            target.truncate(before);
            return count;
        }
        if (pending != null) {
            pending.begun(connection.now());
        }
        if (kept != null) {
            unopened = null;
            moreToPump = false;
            memory().giveBack(kept);
        }
        return count;
    }

    /** Keeps what is behind an index of a borrowed buffer for the next event. @return false = there is no place for it */
    boolean keepUnopened(Buffer from, int index) {
        int length = from.content() - index;
        if (length == 0) {
            return true;
        }
        // A length that nobody has checked yet reserves nothing. Read before the bytes move, and their header with them.
        int announced = Records.length(from, index);
        int record = Math.min(announced, RecordFormat.MAX_RECORD);
        Buffer kept = memory().keepLast(from, index, records() == null ? length : Math.max(length, record));
        if (kept == null) {
            return false;
        }
        unopened = kept;
        // A length that no record may have is judged at once, too.
        moreToPump |= record > 0 && (length >= record || announced > RecordFormat.MAX_RECORD);
        return true;
    }

    /**
     * The number of bytes that may be read, so that what is not a whole record has a place.
     *
     * @param toBorrow buffers that are borrowed before the read
     */
    private int readable(int toBorrow) {
        if (memory().canKeep(RecordFormat.MAX_RECORD, toBorrow)) {
            return Integer.MAX_VALUE;
        }
        Buffer kept = unopened;
        if (kept == null) {
            return 0;
        }
        int record = Records.length(kept, 0);
        if (record < 0) {
            return RecordFormat.HEADER_BYTES - kept.content();
        }
        return kept.capacity() >= record ? Math.max(0, record - kept.content()) : 0;
    }

    @Override
    boolean hasPlace() {
        boolean place = records() == null
                ? memory().canKeep(RecordFormat.MAX_RECORD, 2)
                : moreToPump || readable(1) > 0;
        if (!place) {
            awaitMemory();
        }
        return place;
    }

    @Override
    int read(Buffer target) {
        Records open = records();
        if (open == null) {
            throw new IllegalStateException("no handshake yet");
        }
        if (open.closed()) {
            return StreamSocket.END_OF_STREAM;
        }
        int readable = readable(0);
        if (readable == 0 && !moreToPump) {
            return 0;
        }
        int from = target.content();
        boolean goesOn = unopened != null && !moreToPump;
        int count;
        if (unopened != null && unopened.content() + (moreToPump ? 0 : 1) > target.room()) {
            // Behind other bytes there is no room for them; they are pumped once those are gone.
            return 0;
        } else if (moreToPump && unopened != null) {
            // Whole records that came with the last bytes of the handshake.
            takeUnopened(target);
            count = target.content() - from;
        } else {
            target.readAtMost(Math.min(target.readLimit(), readable));
            count = readRaw(target);
        }
        moreToPump = false;
        return count <= 0 ? count(ended(count)) : count(open(open, target, from, goesOn));
    }

    /** The result of a read that has brought no bytes. */
    private int ended(int code) {
        if (code == StreamSocket.END_OF_STREAM && recordRules().resetsTruncated()) {
            failure(CloseReason.TLS_TRUNCATED);
            noteProblem("the stream ended without close_notify; see onTruncation");
            return StreamSocket.BROKEN;
        }
        return code;
    }

    /** @param goesOn whether the first record had begun before */
    @SuppressWarnings("ReferenceEquality") // the very object
    private int open(Records established, Buffer target, int from, boolean goesOn) {
        int before = target.content();
        Records open = established;
        int data;
        try {
            data = open.open(ciphers(), target, from);
            for (Records next = open.settled(); next != open; next = open.settled()) {
                // What the one before has left is for the next one, and may fill the buffer: it cannot wait.
                records(next);
                open = next;
                data = open.open(ciphers(), target, data);
            }
        } catch (TlsException e) {
            target.truncate(from);
            fail(open, e);
            return StreamSocket.BROKEN;
        }
        if (!goesOn || target.content() != before) {
            unopenedSince = connection.now();
        }
        if (target.content() > data) {
            connection.deadlineNoLaterThan(unopenedSince + recordRules().timeoutNanos());
        }
        if (!keepUnopened(target, data)) {
            target.truncate(from);
            failure(CloseReason.TLS_RECORD_TIMEOUT);
            return StreamSocket.BROKEN;
        }
        int count = data - from;
        if (open.closed()) {
            if (count == 0) {
                return StreamSocket.END_OF_STREAM;
            }
            moreToPump = true;
        }
        if (moreToPump) {
            updateInterest();
        }
        return count;
    }

    @Override
    void onEnd(int code) {
        boolean beforeEnding = connection.state() == RelayState.OPEN || connection.state() == RelayState.FILTERING;
        CloseReason reason = failure();
        if (isClient() && beforeEnding && reason == CloseReason.TLS_RECORD_INVALID && peer().isDelivered()) {
            // FIN and not a reset, which would destroy the alert on its way; the endpoint is reset.
            connection.refuse(reason);
        } else {
            super.onEnd(code);
        }
    }

    @Override
    long recordDeadline(long now) {
        if (unopened == null || moreToPump) {
            return RelayDeadlines.NEVER;
        }
        if (!wantsRead()) {
            // It is the proxy that does not read it.
            unopenedSince = now;
        }
        return unopenedSince + recordRules().timeoutNanos();
    }

    @Override
    void updateInterest() {
        super.updateInterest();
        boolean reads = wantsRead();
        if (reads && !wasRead) {
            // The time before was the proxy's doing.
            unopenedSince = connection.now();
        }
        wasRead = reads;
        if (moreToPump && !pumping && reads) {
            pumping = true;
            connection.loop().executeNextTurn(this::pumpMore);
        }
    }

    private void pumpMore() {
        pumping = false;
        try {
            if (moreToPump && hasSocket() && !connection.closed() && wantsRead()) {
                connection.pump(this);
            }
        } catch (RuntimeException | Error e) {
            connection.fail(e);
        }
    }

    @Override
    int blockedBy() {
        int blocked = super.blockedBy();
        if (handshaking()) {
            // An endpoint's side is read before it counts as connected.
            blocked &= ~ReadBlock.NOT_CONNECTED.bit();
            blocked |= (pending != null && pending.isUnread() ? ReadBlock.SUSPENDED.bit() : 0)
                    | (owed() ? ReadBlock.PEER_OWED.bit() : 0);
        }
        return blocked;
    }

    @Override
    void abortConnect() {
        giveUpHandshake();
        // A worker that still has the old one finds another.
        pending = new PendingHandshake();
        super.abortConnect();
    }

    private void giveUpHandshake() {
        moreToPump = false;
        if (unopened != null) {
            memory().giveBack(unopened);
            unopened = null;
        }
        if (pending != null) {
            pending.abandon();
        }
    }

    @Override
    void end(boolean cut) {
        super.end(cut);
        giveUpHandshake();
        endRecords();
    }

    @Override
    int bufferBytes() {
        return super.bufferBytes() + (unopened == null ? 0 : unopened.capacity());
    }

    @Override
    void addOwned(OwnedBytes sum) {
        super.addOwned(sum);
        sum.tls(unopened);
    }
}
