package dev.sluice.runtime.capture;

import org.jspecify.annotations.Nullable;

/**
 * An event of a leg.
 *
 * @param nanos its time, by {@link System#nanoTime}
 * @param fromPeer whether the peer sent it, the client or the endpoint; otherwise the proxy did
 * @param offset the number of bytes that were seen in this direction before; its end counts as one
 * @param other the same in the other direction
 * @param length bytes of the stream
 * @param bytes a copy of them; null = they are not captured
 * @param note words about it; null = none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CaptureEvent(CaptureLeg leg, Kind kind, long nanos, boolean fromPeer, long offset, long other, int length,
        byte @Nullable [] bytes, @Nullable String note) {
    /** The size in memory beside the bytes, about. */
    private static final int OVERHEAD = 160;

    /** A kind of event. */
    enum Kind {
        /** The connection has been made while it was watched: the three packets of a handshake. */
        OPEN,
        DATA,
        FIN,
        RESET,
        /** Nothing on the wire: words about the end. */
        NOTE
    }

    /** The memory that it takes while it waits, in bytes. */
    int size() {
        return OVERHEAD + (bytes == null ? 0 : bytes.length);
    }
}
