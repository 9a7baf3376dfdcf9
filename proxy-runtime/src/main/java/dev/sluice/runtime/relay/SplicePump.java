package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * The pump of a direction without filters that carries much: its bytes go through a pipe of the kernel. Below a certain size the calls that a
 * pipe needs cost more than to copy, so the recent events of a direction (its <i>pace</i>) decide; decision 0011 has the measurements behind
 * the numbers here.
 *
 * <p>No filter can come back to a direction: it has none from the start, or the last one has detached, and that is for ever.
 */
final class SplicePump {
    /** Bytes that one event may move: as many as are spliced in the time in which {@link CopyPump#BYTES_PER_EVENT} are copied. */
    private static final int BYTES_PER_EVENT = 1024 * 1024;
    /** An event is large if it moves this much. */
    static final int LARGE = 64 * 1024;
    /** With this many more large events than small ones, the next one goes through a pipe. */
    private static final int SUSTAINED = 4;
    /** A direction that was large for long may pause this often before it has to prove itself again. */
    private static final int MOST = 8;

    private SplicePump() {}

    /** The pace of a direction after one more event. */
    static byte pace(byte before, int moved) {
        return (byte) (moved >= LARGE ? Math.min(before + 1, MOST) : Math.max(before - 1, 0));
    }

    /** Whether a direction is worth a pipe. */
    static boolean isWorthIt(byte pace) {
        return pace >= SUSTAINED;
    }

    /**
     * Borrows a pipe, fills and drains it up to the bound of one event, and gives it back.
     *
     * @return false when there is no pipe to be had, or the socket has bytes for none: they have to be copied
     */
    static boolean run(Connection connection, Side from) {
        if (!from.socket().splices() || !from.peer().socket().splices()) {
            return false;
        }
        PipePool pipes = connection.loop().pipes();
        int permitted = connection.permitted(from);
        KernelPipe pipe = permitted > 0 ? pipes.borrow() : null;
        if (pipe == null) {
            return permitted <= 0;
        }
        int moved = 0;
        try {
            while (moved < BYTES_PER_EVENT && permitted > 0) {
                int count = from.fill(pipe, permitted);
                if (count == StreamSocket.UNSUPPORTED) {
                    return false;
                }
                if (count <= 0) {
                    if (count < 0) {
                        from.onEnd(count);
                    }
                    return true;
                }
                moved += count;
                pipes.moved(count);
                if (connection.closed()) {
                    return true;
                }
                if (!from.peer().sendOrKeep(pipe)) {
                    pipe = null;
                    from.updateInterest();
                    return true;
                }
                permitted = connection.permitted(from);
            }
            return true;
        } finally {
            from.pace(pace(from.pace(), moved));
            if (pipe != null) {
                pipes.giveBack(pipe);
            }
        }
    }
}
