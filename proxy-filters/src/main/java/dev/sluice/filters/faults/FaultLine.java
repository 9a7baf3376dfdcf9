package dev.sluice.filters.faults;

import java.time.Duration;

import dev.sluice.api.Answer;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.Suspension;
import dev.sluice.api.TransformBytes;
import org.jspecify.annotations.Nullable;

/** The effects on one direction of a connection, and the bytes that wait for them. On the connection's loop. */
final class FaultLine {
    private static final Effect[] NONE = {};
    private static final long LONGEST_WAIT = Duration.ofHours(1).toNanos();
    private static final int SCRATCH = 1024;

    private final Direction direction;
    private Effect[] effects = NONE;
    /** The number of bytes that wait, and the time at which the first of them was read. */
    private int waiting;
    private long arrival;
    /** The number of reads. */
    private long batch;
    /** The number of bytes that go next; 0 = not decided. */
    private int piece;
    /** The time at which they go. */
    private long due;
    /** Whether FIN has come, at {@link #arrival}. */
    private boolean ending;
    private @Nullable Suspension wait;
    private byte @Nullable [] scratch;

    FaultLine(Direction direction) {
        this.direction = direction;
    }

    /** The effect of a fault that is at work here; null = none is. */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // the very fault
    Effect effectOf(NamedFault fault) {
        for (Effect each : effects) {
            if (each.fault == fault) {
                return each;
            }
        }
        return null;
    }

    /** Replaces the effects, and decides anew about what waits. */
    void effects(Effect[] next) {
        effects = next;
        piece = 0;
        Suspension pending = wait;
        if (pending != null) {
            pending.complete(Answer.accept());
        }
    }

    /** Lets pass what is due. */
    DataAction run(TransformBytes bytes, ConnectionContext context, FaultFactory counted) {
        wait = null;
        long now = context.nanoTime();
        int length = bytes.length();
        if (length == 0) {
            return end(context, now);
        }
        if (waiting == 0) {
            arrival = now;
            batch++;
        }
        waiting = length;
        if (piece == 0) {
            decide(length);
        }
        if (due > now) {
            return hold(context, due, now);
        }
        pass(bytes);
        for (Effect each : effects) {
            each.passed(piece);
        }
        waiting -= piece;
        piece = 0;
        // Bytes that are left are shown again once the others have been sent.
        return cut(context, counted);
    }

    private void decide(int length) {
        int bytes = length;
        for (Effect each : effects) {
            bytes = Math.min(bytes, each.most());
        }
        piece = bytes;
        due = arrival;
        for (Effect each : effects) {
            due = due == Effect.NEVER ? due : each.leave(due, bytes, batch);
        }
    }

    private DataAction end(ConnectionContext context, long now) {
        if (!ending) {
            ending = true;
            arrival = now;
            batch++;
        }
        long leaving = arrival;
        for (Effect each : effects) {
            leaving = leaving == Effect.NEVER ? leaving : each.leaveEnd(leaving, batch);
        }
        return leaving > now ? hold(context, leaving, now) : DataAction.CONTINUE;
    }

    private DataAction hold(ConnectionContext context, long until, long now) {
        long nanos = until == Effect.NEVER ? LONGEST_WAIT : Math.min(until - now, LONGEST_WAIT);
        wait = context.suspend(Duration.ofNanos(nanos), Answer.accept());
        return DataAction.SUSPEND;
    }

    private DataAction cut(ConnectionContext context, FaultFactory counted) {
        for (Effect each : effects) {
            switch (each.cut()) {
                case NONE -> {
                }
                case RESET -> {
                    counted.resets.increment();
                    context.explain(each.fault.reason("reset behind the last byte"));
                    return DataAction.REJECT;
                }
                case FINISH -> {
                    counted.finishes.increment();
                    context.explain(each.fault.reason("end behind the last byte"));
                    context.finish(direction);
                    return DataAction.CONTINUE;
                }
            }
        }
        return DataAction.CONTINUE;
    }

    private void pass(TransformBytes bytes) {
        if (!changes()) {
            bytes.forward(piece);
            return;
        }
        byte[] changed = scratch == null ? new byte[SCRATCH] : scratch;
        scratch = changed;
        for (int from = 0; from < piece; from += changed.length) {
            int count = Math.min(changed.length, piece - from);
            bytes.copyTo(from, changed, 0, count);
            for (Effect each : effects) {
                for (int i = 0; each.changes() && i < count; i++) {
                    changed[i] = each.change(changed[i], from + i);
                }
            }
            bytes.drop(count);
            bytes.emit(changed, 0, count);
        }
    }

    private boolean changes() {
        for (Effect each : effects) {
            if (each.changes()) {
                return true;
            }
        }
        return false;
    }
}
