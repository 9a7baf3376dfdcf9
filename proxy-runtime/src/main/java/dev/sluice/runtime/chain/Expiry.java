package dev.sluice.runtime.chain;

import dev.sluice.api.DataAction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/** The ends of holds: calls of the filters that have to decide, by the rules of {@link Holds}. */
final class Expiry {
    private Expiry() {}

    /**
     * Handles bytes that a filter has left: it may hold only up to its maximum, and needs a declaration to hold at all.
     */
    static Flow ifFull(DirectionChain filters, Cursor cursor, int left, Buffer source, @Nullable Buffer target) {
        return switch (Holds.left(cursor, left)) {
            case ALLOWED -> Flow.GO_ON;
            case UNDECLARED -> filters.chain.fail(cursor.slot, Callback.ON_DATA, new FilterContractException(
                    "the filter left " + left + " bytes unforwarded, but declared no maxHeldBytes"));
            case FULL -> of(filters, cursor, HoldExpiry.FULL, left, source, target);
        };
    }

    /** Lets all filters of a direction decide that have to for a cause, in order, until one waits. */
    static Flow of(DirectionChain filters, HoldExpiry cause, long now, Buffer last) {
        CursorList cursors = filters.cursors;
        Cursor[] candidates = cursors.now();
        for (int i = 0; i < candidates.length && !filters.suspended(); i++) {
            Cursor cursor = candidates[i];
            int at = cursors.indexOf(cursor);
            if (at >= 0 && Holds.due(cursor, cause, cursors.visible(at), now)) {
                HoldExpiry reason = cause == HoldExpiry.DEADLINE ? Holds.deadlineCause(cursor) : cause;
                Buffer target = filters.stages.target(cursor, last);
                int portion = Holds.portion(cursor, cursors.visible(at), StageBuffers.room(target));
                if (of(filters, cursor, reason, portion, filters.stages.content(cursor.stage, last),
                        target) == Flow.END) {
                    return Flow.END;
                }
            }
        }
        return Flow.GO_ON;
    }

    /** Lets one filter decide about the visible bytes. */
    static Flow of(DirectionChain filters, Cursor cursor, HoldExpiry cause, int visible, Buffer source,
            @Nullable Buffer target) {
        ConnectionChain chain = filters.chain;
        chain.counters(cursor.slot).count(FilterEvent.EXPIRE);
        Holds.expired(cursor, cause, source.room() > 0);
        DataAction action = FilterCall.show(chain, filters.direction, cursor, cause, source, visible, target,
                cause == HoldExpiry.END_OF_STREAM);
        Flow flow = filters.apply(cursor, action, Callback.ON_HOLD_EXPIRED, visible, source);
        int left = visible - cursor.taken();
        if (flow == Flow.GO_ON && action == DataAction.CONTINUE && left > 0 && !cursor.blocked
                && filters.endedBy != cursor) {
            return chain.fail(cursor.slot, Callback.ON_HOLD_EXPIRED,
                    new FilterContractException("the filter left " + left
                            + " bytes unforwarded at the end of its hold (" + cause
                            + ") without detaching or rejecting"));
        }
        return flow;
    }
}
