package dev.sluice.runtime.relay;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.transport.StreamSocket;

/**
 * The pump of bytes that go nowhere: those of the survivor of a lingering connection, and those behind the end that a
 * filter has given a stream.
 */
final class DiscardPump {
    private DiscardPump() {}

    /** Reads a survivor, up to the bound of one event. */
    static void run(Connection connection, Side survivor) {
        LoopMemory memory = connection.loop().memory();
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            survivor.awaitMemory();
            return;
        }
        try {
            for (int budget = CopyPump.BYTES_PER_EVENT; budget > 0;) {
                int count = survivor.discard(buffer);
                if (count < 0) {
                    onEnd(survivor, count);
                    return;
                }
                if (count > 0) {
                    connection.onDiscarded(survivor, count);
                }
                if (buffer.readLimit() > 0 || connection.closed()) {
                    return;
                }
                budget -= count;
                buffer.clear();
            }
        } finally {
            memory.giveBack(buffer);
        }
    }

    /** Reads a side whose stream a filter has ended, up to the bound of one event. */
    static void runMuted(Connection connection, Side from) {
        int permitted = connection.permitted(from);
        Buffer buffer = permitted > 0 ? connection.loop().memory().borrow() : null;
        if (buffer == null) {
            if (permitted > 0) {
                from.awaitMemory();
            }
            return;
        }
        try {
            for (int budget = CopyPump.BYTES_PER_EVENT; budget > 0 && permitted > 0; permitted = connection
                    .permitted(from)) {
                buffer.readAtMost(permitted);
                int count = from.read(buffer);
                if (count < 0) {
                    from.onEnd(count);
                }
                if (count <= 0 || buffer.readLimit() > 0 || connection.closed()) {
                    return;
                }
                budget -= count;
                buffer.clear();
            }
        } finally {
            connection.loop().memory().giveBack(buffer);
        }
    }

    /** Whether a side that was reset had sent nothing that is still to be read. Such bytes are discarded. */
    static boolean nothingUnread(Connection connection, Side side) {
        LoopMemory memory = connection.loop().memory();
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            return false;
        }
        try {
            return side.discard(buffer) <= 0;
        } finally {
            memory.giveBack(buffer);
        }
    }

    private static void onEnd(Side survivor, int code) {
        if (code == StreamSocket.END_OF_STREAM) {
            survivor.markFinished();
            // The connection may have waited for the survivor only: the peer gets no more bytes, and perhaps never had
            // a socket.
            survivor.finishIfDrained();
        } else {
            survivor.markCut();
        }
    }
}
