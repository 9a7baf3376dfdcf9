package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * The pump of a bulk transfer without filters: its bytes go through a kernel pipe. Below a certain size the calls for a
 * pipe cost more than a copy, so the recent events of a direction (its <i>pace</i>) decide; decision 0011 has the
 * measurements behind the numbers here.
 *
 * <p>No filter can come back to a direction: it had none from the start, or the last one has detached, which is final.
 */
final class SplicePump {
    /**
     * The most bytes of one event: as many as are spliced in the time in which {@link CopyPump#BYTES_PER_EVENT} are
     * copied.
     */
    private static final int BYTES_PER_EVENT = 1024 * 1024;
    /** The number of bytes from which on an event is large. */
    static final int LARGE = 64 * 1024;
    /** The excess of large events over small ones from which on the next one goes through a pipe. */
    private static final int SUSTAINED = 4;
    /** The highest pace. A direction that was fast for long may pause for the difference before it is copied again. */
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
     * @return false when there is no pipe, or the socket cannot splice: the bytes have to be copied
     */
    static boolean run(Connection connection, Side from) {
        if (!from.splices() || !from.peer().splices()) {
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
