package dev.sluice.runtime.capture;

import java.net.SocketAddress;
import java.util.Arrays;

import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two TCP connections of a proxied connection, as one capture sees it: counts its bytes, and reports its events. On the loop of
 * the connection; the addresses and words belong to any thread.
 */
public final class CaptureLeg {
    private final Capture capture;
    private final long id;
    private final boolean client;
    private final @Nullable SocketAddress peer;
    private final @Nullable SocketAddress local;
    private final String about;
    /** Bytes from the peer so far. */
    private long received;
    /** Bytes to the peer so far. */
    private long sent;
    private boolean finReceived;
    private boolean finSent;
    private boolean over;
    /** Words for the proxy's FIN or RST, which follows. */
    private @Nullable String lastWords;

    /**
     * A leg.
     *
     * @param id of the connection
     * @param client whether it is that of the client
     * @param peer the address of the client or of the endpoint; null = the system does not know it
     * @param local the address of the proxy's end
     * @param about words about the connection, for its first packet
     */
    public CaptureLeg(Capture capture, long id, boolean client, @Nullable SocketAddress peer,
            @Nullable SocketAddress local,
            String about) {
        this.capture = capture;
        this.id = id;
        this.client = client;
        this.peer = peer;
        this.local = local;
        this.about = about;
    }

    Capture capture() {
        return capture;
    }

    /** The id of the connection. */
    long id() {
        return id;
    }

    /** Whether it is that of the client, which has connected to the proxy; to an endpoint the proxy has connected. */
    boolean isClient() {
        return client;
    }

    @Nullable
    SocketAddress peer() {
        return peer;
    }

    @Nullable
    SocketAddress local() {
        return local;
    }

    /**
     * Reports that this leg is watched from now on.
     *
     * @param fresh whether no byte has moved before
     */
    public void open(boolean fresh, long now) {
        add(fresh ? CaptureEvent.Kind.OPEN : CaptureEvent.Kind.NOTE, now, client, 0, null, "connection=" + id + " leg="
                + (client ? "client" : "endpoint") + " " + about + (fresh ? "" : "; what it sent before is not here"));
    }

    /** Reports bytes that came from the peer; they are a part of the content of a buffer. */
    void received(Buffer from, int index, int count, long now) {
        int length = capture.length(received, count);
        if (length > 0) {
            int copied = capture.copied(received, count);
            byte[] bytes = copied == 0 ? null : new byte[copied];
            if (bytes != null) {
                from.copyTo(index, bytes, 0, copied);
            }
            add(CaptureEvent.Kind.DATA, now, true, length, bytes, null);
        }
        received += Math.max(0, count);
    }

    /**
     * A copy of bytes that may be sent, before they are handed on; null = none is needed.
     *
     * @param source its first bytes are meant
     */
    byte @Nullable [] copy(Buffer source) {
        int wanted = capture.copied(sent, source.remaining());
        if (wanted == 0) {
            return null;
        }
        byte[] copy = new byte[wanted];
        source.copyTo(0, copy, 0, wanted);
        return copy;
    }

    /** Reports that the first bytes of a copy went to the peer. */
    void sent(byte @Nullable [] copy, int count, long now) {
        int length = capture.length(sent, count);
        if (length > 0) {
            byte[] bytes = copy == null || copy.length <= length ? copy : Arrays.copyOf(copy, length);
            add(CaptureEvent.Kind.DATA, now, false, length, bytes, null);
        }
        sent += Math.max(0, count);
    }

    /** Adds an event: with the number of its first byte, and of the next one that its sender expects; FIN counts as one. */
    private void add(CaptureEvent.Kind kind, long now, boolean fromPeer, int length, byte @Nullable [] bytes,
            @Nullable String note) {
        long fromPeerNext = received + (finReceived ? 1 : 0);
        long toPeerNext = sent + (finSent ? 1 : 0);
        capture.add(new CaptureEvent(this, kind, now, fromPeer, fromPeer ? fromPeerNext : toPeerNext,
                fromPeer ? toPeerNext : fromPeerNext, length, bytes, note));
    }

    /** Reports that the peer has ended its stream. */
    void finReceived(long now) {
        if (!finReceived && !over) {
            add(CaptureEvent.Kind.FIN, now, true, 0, null, null);
            finReceived = true;
        }
    }

    /** Reports that the proxy has ended its stream. */
    void finSent(long now) {
        if (!finSent && !over) {
            add(CaptureEvent.Kind.FIN, now, false, 0, null, takeLastWords());
            finSent = true;
        }
    }

    /** Reports that the proxy has closed the socket. */
    void closed(long now) {
        finSent(now);
        String words = takeLastWords();
        if (words != null) {
            // FIN was sent before.
            add(CaptureEvent.Kind.NOTE, now, false, 0, null, words);
        }
        over = true;
    }

    private @Nullable String takeLastWords() {
        String words = lastWords;
        lastWords = null;
        return words;
    }

    /** Reports that one of both has cut the connection. */
    void reset(boolean byPeer, long now) {
        if (!over) {
            over = true;
            add(CaptureEvent.Kind.RESET, now, byPeer, 0, null, takeLastWords());
        }
    }

    /** Keeps the reason for the end of the connection for the packet that ends it. */
    void note(String words) {
        if (!over) {
            lastWords = words;
        }
    }
}
