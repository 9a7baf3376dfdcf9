package dev.sluice.runtime.chain;

import dev.sluice.api.DataAction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/** Ends of holds: calls the filters that have to decide, by the rules of {@link Holds}. */
final class Expiry {
    private Expiry() {}

    /** A filter has gone on and left bytes: it may hold only so much, and needs a declaration to hold at all. */
    static Flow ifFull(DirectionChain filters, Cursor cursor, int left, Buffer source, @Nullable Buffer target) {
        return switch (Holds.left(cursor, left)) {
            case ALLOWED -> Flow.GO_ON;
            case UNDECLARED -> filters.chain.fail(cursor.slot, Callback.ON_DATA, new FilterContractException(
                    "it left " + left + " bytes unforwarded, but declared no maxHeldBytes"));
            case FULL -> of(filters, cursor, HoldExpiry.FULL, left, source, target);
        };
    }

    /** All filters of a direction that have to decide for a cause, in order, until one has to wait. */
    static Flow of(DirectionChain filters, HoldExpiry cause, long now, Buffer last) {
        CursorList attached = filters.attached;
        Cursor[] asked = attached.now();
        for (int i = 0; i < asked.length && !filters.suspended(); i++) {
            Cursor cursor = asked[i];
            int at = attached.indexOf(cursor);
            if (at >= 0 && Holds.due(cursor, cause, attached.visible(at), now)) {
                HoldExpiry why = cause == HoldExpiry.DEADLINE ? Holds.timeOver(cursor) : cause;
                Buffer target = filters.stages.target(cursor, last);
                int portion = Holds.portion(cursor, attached.visible(at), StageBuffers.room(target));
                if (of(filters, cursor, why, portion, filters.stages.content(cursor.stage, last),
                        target) == Flow.END) {
                    return Flow.END;
                }
            }
        }
        return Flow.GO_ON;
    }

    /** One filter has to decide about what is visible. */
    static Flow of(DirectionChain filters, Cursor cursor, HoldExpiry cause, int visible, Buffer source,
            @Nullable Buffer target) {
        ConnectionChain chain = filters.chain;
        chain.counters(cursor.slot).count(FilterEvent.EXPIRE);
        Holds.expired(cursor, cause, source.room() > 0);
        DataAction action = FilterCall.show(chain, filters.direction, cursor, cause, source, visible, target,
                cause == HoldExpiry.END_OF_STREAM);
        Flow flow = filters.apply(cursor, action, Callback.ON_HOLD_EXPIRED, visible);
        int left = visible - cursor.taken();
        if (flow == Flow.GO_ON && action == DataAction.CONTINUE && left > 0 && !cursor.blocked) {
            return chain.fail(cursor.slot, Callback.ON_HOLD_EXPIRED, new FilterContractException("it left " + left
                    + " bytes unforwarded at the end of its hold (" + cause + ") without detaching or rejecting"));
        }
        return flow;
    }
}
