package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;

/**
 * The pump of a direction without filters: borrow, read, write, give back. Static, because a direction keeps no state
 * between events but the bytes it owes.
 */
final class CopyPump {
    /** Bytes that one event may move before other connections get their turn. */
    static final int BYTES_PER_EVENT = 256 * 1024;

    private CopyPump() {}

    /** Moves bytes from a side to the other, up to the bound of one event. */
    static void run(Connection connection, Side from) {
        LoopMemory memory = connection.loop().memory();
        int permitted = connection.permitted(from);
        Buffer buffer = permitted > 0 ? memory.borrow() : null;
        if (buffer == null) {
            if (permitted > 0) {
                from.awaitMemory();
            }
            return;
        }
        int budget = BYTES_PER_EVENT;
        try {
            for (; budget > 0 && permitted > 0; permitted = connection.permitted(from)) {
                buffer.readAtMost(permitted);
                int count = from.read(buffer);
                if (count <= 0) {
                    if (count < 0) {
                        from.onEnd(count);
                    }
                    return;
                }
                boolean drained = buffer.readLimit() > 0;
                budget -= count;
                if (connection.closed()) {
                    return;
                }
                if (!forward(connection, from, buffer)) {
                    buffer = null;
                    return;
                }
                if (from.peer().owed()) {
                    from.updateInterest();
                    return;
                }
                if (drained) {
                    // Most likely there is nothing more. If there is, the poller reports it, and no call is spent on
                    // finding out.
                    return;
                }
                buffer.clear();
            }
        } finally {
            from.pace(SplicePump.pace(from.pace(), BYTES_PER_EVENT - budget));
            if (buffer != null) {
                memory.giveBack(buffer);
            }
        }
    }

    /** Passes a buffer on. @return false when it has another owner now, and nothing more is to be read */
    private static boolean forward(Connection connection, Side from, Buffer buffer) {
        Side target = from.peer();
        int sent = target.write(buffer);
        if (sent < 0) {
            connection.loop().memory().giveBack(buffer);
            target.broke(sent);
            return false;
        }
        if (buffer.remaining() == 0) {
            return true;
        }
        target.owe(connection.loop().memory().keep(buffer));
        from.updateInterest();
        return false;
    }
}
