package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.chain.Flow;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import org.jspecify.annotations.Nullable;

/**
 * The pump of a direction that filters see: borrow, load the held bytes, read, filter, send, keep the rest, give back.
 * Everything that is due happens in one run: resuming after a suspension, then reading or, without a read, decisions
 * about expired holds.
 */
final class FilterPump {
    private FilterPump() {}

    /**
     * Runs the filters of a direction, if there still are any.
     *
     * @param mayRead whether the side may be read; otherwise only work that needs no read is done
     */
    static void run(Connection connection, Side from, boolean mayRead) {
        DirectionChain filters = connection.filters(from);
        if (filters == null) {
            return;
        }
        int permitted = mayRead ? connection.permitted(from) : 0;
        if (mayRead && permitted <= 0) {
            return;
        }
        LoopMemory memory = connection.loop().memory();
        Side to = from.peer();
        Buffer last = borrow(memory, to, filters);
        if (last == null) {
            from.awaitMemory();
            return;
        }
        boolean alive = true;
        boolean owned = false;
        try {
            // Bytes that have arrived are shown before a hold expires, because the loop may have been late. If the hold
            // is still due after that, the timer expires it.
            alive = filters.resume(last) != Flow.END && (mayRead || !filters.holdExpired(connection.now())
                    || filters.expireHolds(last, connection.now()) != Flow.END);
            if (alive) {
                alive = transfer(connection, from, filters, mayRead, permitted, last);
            }
            owned = alive;
            if (!alive && isRejected(connection)) {
                // Sends bytes that passed before the refusal: as many as the kernel takes or, where last bytes of a
                // filter follow, all of them.
                send(connection, to, last);
                last.discardHeld();
                owned = getsLastBytes(connection, to)
                        || (connection.state() == RelayState.OPEN && !to.broken());
            }
        } finally {
            filters.shut(memory);
            if (!owned || last.content() == 0) {
                memory.giveBack(last);
            } else {
                to.owe(memory.keep(last));
            }
        }
        connection.onFiltered(from, alive);
    }

    private static boolean isRejected(Connection connection) {
        ConnectionChain chain = connection.chain();
        return chain != null && chain.verdict() == CloseReason.FILTER_REJECTED;
    }

    private static boolean getsLastBytes(Connection connection, Side to) {
        ConnectionChain chain = connection.chain();
        return chain != null && chain.lastBytes() != null && to.isClient() && !to.broken();
    }

    /** Borrows a buffer with the bytes that filters hold of this direction; null = there is no memory. */
    private static @Nullable Buffer borrow(LoopMemory memory, Side to, DirectionChain filters) {
        Buffer kept = to.takePending();
        Buffer last = memory.borrow(kept);
        if (last == null) {
            if (kept != null) {
                to.owe(kept);
            }
            return null;
        }
        if (filters.open(memory)) {
            return last;
        }
        if (last.content() == 0) {
            memory.giveBack(last);
        } else {
            to.owe(memory.keep(last));
        }
        return null;
    }

    /** @return false if the connection is over, or has to be ended */
    private static boolean transfer(Connection connection, Side from, DirectionChain filters, boolean mayRead,
            int mayReadBytes, Buffer last) {
        int permitted = mayReadBytes;
        boolean more = mayRead;
        for (int budget = CopyPump.BYTES_PER_EVENT;;) {
            if (!send(connection, from.peer(), last)) {
                return false;
            }
            if (from.peer().broken() || !hasRoom(connection, from.peer(), last)) {
                return true;
            }
            if (filters.blocked()) {
                if (budget <= 0) {
                    // A filter whose output is much larger than its input must not keep the loop from other
                    // connections.
                    connection.loop().executeNextTurn(() -> connection.runFilters(from));
                    return true;
                }
                if (filters.run(last, 0) == Flow.END) {
                    return false;
                }
                if (last.remaining() > 0) {
                    budget -= last.remaining();
                    continue;
                }
                if (filters.blocked()) {
                    return true;
                }
            }
            if (!more || budget <= 0 || permitted <= 0 || filters.suspended()
                    || connection.filters(from) != filters) {
                return true;
            }
            Buffer input = filters.input(last);
            input.readAtMost(permitted);
            if (input.readLimit() == 0) {
                return true;
            }
            int count = from.read(input);
            more = count > 0 && input.readLimit() == 0;
            if (count < 0) {
                if (!onEnd(from, filters, count, last)) {
                    return false;
                }
            } else if (count > 0) {
                budget -= count;
                if (connection.closed() || filters.run(last, count) == Flow.END) {
                    return false;
                }
                permitted = more ? connection.permitted(from) : permitted;
            }
        }
    }

    /**
     * Whether filters may be given more bytes: before routing nothing can be sent, and only the bytes that they wait
     * for are collected.
     */
    private static boolean hasRoom(Connection connection, Side to, Buffer last) {
        if (connection.state() == RelayState.FILTERING) {
            ConnectionChain chain = connection.chain();
            return chain != null && chain.waitsBeforeRouting();
        }
        return last.remaining() == 0 && !to.owed();
    }

    /** @return false if the connection is over, or has to be ended */
    private static boolean onEnd(Side from, DirectionChain filters, int code, Buffer last) {
        if (!from.isRealEnd(code)) {
            from.markCut();
            return false;
        }
        from.markFinished();
        filters.finReceived();
        return filters.run(last, 0) != Flow.END;
    }

    /**
     * Sends the bytes that filters let pass, once an endpoint is connected.
     *
     * @return false if that has ended the connection
     */
    private static boolean send(Connection connection, Side to, Buffer last) {
        RelayState state = connection.state();
        boolean connected = state == RelayState.OPEN || state == RelayState.LINGERING
                || state == RelayState.RESETTING;
        if (!connected || to.broken() || last.remaining() == 0) {
            return true;
        }
        int sent = to.write(last);
        if (sent < 0) {
            // The unsent bytes are lost; the connection decides whether it survives that.
            last.clear();
            to.broke(sent);
            return !connection.closed();
        }
        return true;
    }
}
