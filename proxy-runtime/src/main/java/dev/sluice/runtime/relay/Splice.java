package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * Moves the bytes of a direction without filters through a pipe of the kernel, when there are many: below that, the calls that a pipe needs
 * cost more than to copy. Which events were large is all that is remembered of a direction (its <i>pace</i>); decision 0011 has the
 * measurements behind the numbers here.
 *
 * <p>No filter can come back to a direction: it has none from the start, or the last one has detached, and that is for ever.
 */
final class Splice {
    /** What one event may move: as many bytes as are spliced in the time in which {@link Side#BYTES_PER_EVENT} are copied. */
    private static final int BYTES_PER_EVENT = 1024 * 1024;
    /** An event is large if it moves this much. */
    static final int LARGE = 64 * 1024;
    /** So many more large events than small ones, and the next one goes through a pipe. */
    private static final int SUSTAINED = 4;
    /** A direction that was large for long may pause as often before it has to prove itself again. */
    private static final int MOST = 8;

    private Splice() {}

    /** The pace of a direction after one more event. */
    static byte pace(byte before, int moved) {
        return (byte) (moved >= LARGE ? Math.min(before + 1, MOST) : Math.max(before - 1, 0));
    }

    static boolean isWorthIt(byte pace) {
        return pace >= SUSTAINED;
    }

    /**
     * Borrow, fill, drain, give back; a few times if there is more.
     *
     * @return {@code false} when there is no pipe to be had, or the socket has bytes for none: they have to be copied
     */
    static boolean transfer(Side side, StreamSocket from, Relay relay) {
        if (!from.splices() || !side.peer().socket().splices()) {
            return false;
        }
        PipePool pipes = relay.loop().pipes();
        int permitted = side.permitted();
        KernelPipe pipe = permitted > 0 ? pipes.borrow() : null;
        if (pipe == null) {
            return permitted <= 0;
        }
        int moved = 0;
        try {
            while (moved < BYTES_PER_EVENT && permitted > 0) {
                int count = from.spliceTo(pipe, permitted);
                if (count == StreamSocket.UNSUPPORTED) {
                    return false;
                }
                if (count <= 0) {
                    if (count < 0) {
                        side.ended(count);
                    }
                    return true;
                }
                moved += count;
                pipes.moved(count);
                side.countRead(count);
                if (relay.state() == Relay.State.CLOSED) {
                    return true;
                }
                if (!side.peer().take(pipe)) {
                    pipe = null;
                    side.updateInterest();
                    return true;
                }
                permitted = side.permitted();
            }
            return true;
        } finally {
            side.paced(moved);
            if (pipe != null) {
                pipes.giveBack(pipe);
            }
        }
    }
}
