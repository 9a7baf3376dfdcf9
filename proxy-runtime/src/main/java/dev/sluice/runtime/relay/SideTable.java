package dev.sluice.runtime.relay;

import dev.sluice.runtime.observe.ReadBlock;

/**
 * Rules by which a {@link Side} is read, as pure functions of states.
 *
 * <pre>
 *   receives   sends             meaning                                        read                 at the end
 *   --------   ---------------   --------------------------------------------   ------------------   ----------------------------
 *   OPEN       OPEN              both directions flow                           unless blocked       reset when cut
 *   OPEN       FIN_SENT          the peer has finished, this side still sends   unless blocked       closed: its stream is whole
 *   OPEN       BROKEN            reset; bytes from before may be left           until CUT            reset
 *   FINISHED   OPEN              FIN received, answer still flows               no                   reset when cut
 *   FINISHED   FIN_SENT          complete                                       no                   closed
 *   FINISHED   BROKEN_AFTER_FIN  sent FIN, then broke: its stream is whole      no                   peer lingers
 *   CUT        BROKEN            reset, and everything before has been read     no                   peer delivered, then reset
 * </pre>
 *
 * <p>{@code BROKEN_AFTER_FIN} may come before FIN has been read: then the side is still read up to FIN.
 */
final class SideTable {
    /** Receiving: more may come. */
    static final byte OPEN = 0;
    /** Receiving: FIN was received, and everything before it has been read. */
    static final byte FINISHED = 1;
    /** Receiving: the stream broke without FIN, and everything before that has been read. */
    static final byte CUT = 2;

    /** Sending: FIN was sent, and everything before it. */
    static final byte FIN_SENT = 1;
    /** Sending: the connection broke; an end that is read afterwards is not a real one. */
    static final byte BROKEN = 2;
    /** Sending: the connection broke, but only after the side had sent FIN: the end that is read is a real one. */
    static final byte BROKEN_AFTER_FIN = 3;

    /** Filters: none see what this side sends. */
    static final byte UNFILTERED = 0;
    /** Filters: some see what this side sends, and can take more. */
    static final byte FILTERED = 1;
    /** Filters: one waits for an answer from outside. */
    static final byte SUSPENDED = 2;

    private SideTable() {}

    /**
     * Reasons not to read a side; 0 = it is read.
     *
     * @param receiving one of {@link #OPEN}, {@link #FINISHED}, {@link #CUT}
     * @param broken whether the side no longer accepts bytes
     * @param gated whether a read gate is closed
     * @param waiting whether the side waits for a buffer
     * @param peerOwed whether bytes wait to be sent on the other side
     * @param peerBroken whether the other side no longer accepts bytes
     * @param filters one of {@link #UNFILTERED}, {@link #FILTERED}, {@link #SUSPENDED}
     * @return bits of {@link ReadBlock}
     */
    static int blockedBy(RelayState state, byte receiving, boolean broken, boolean gated, boolean waiting,
            boolean peerOwed, boolean peerBroken, byte filters) {
        int blocked = receiving == OPEN ? 0 : ReadBlock.FINISHED.bit();
        if (waiting) {
            blocked |= ReadBlock.MEMORY.bit();
        }
        if (gated && state != RelayState.LINGERING) {
            blocked |= ReadBlock.GATE.bit();
        }
        if (filters == SUSPENDED) {
            blocked |= ReadBlock.SUSPENDED.bit();
        }
        switch (state) {
            case HEADER, HANDSHAKE -> {
            }
            case FILTERING -> blocked |= filters == UNFILTERED ? ReadBlock.NOT_CONNECTED.bit() : 0;
            case CONNECTING, UPSTREAM_HANDSHAKE -> blocked |= ReadBlock.NOT_CONNECTED.bit();
            case OPEN -> blocked |= blockedByPeer(peerOwed, peerBroken);
            // Only bytes that arrived before the reset can still be delivered.
            case RESETTING -> blocked |= broken ? blockedByPeer(peerOwed, peerBroken) : ReadBlock.ENDING.bit();
            // The survivor is read so that its last bytes are not destroyed; they are discarded.
            case LINGERING -> blocked = (blocked & ~ReadBlock.SUSPENDED.bit()) | (broken ? ReadBlock.ENDING.bit() : 0);
            case TARPIT, CLOSED -> blocked |= ReadBlock.ENDING.bit();
        }
        return blocked;
    }

    private static int blockedByPeer(boolean owed, boolean broken) {
        return (owed ? ReadBlock.PEER_OWED.bit() : 0) | (broken ? ReadBlock.PEER_BROKEN.bit() : 0);
    }
}
