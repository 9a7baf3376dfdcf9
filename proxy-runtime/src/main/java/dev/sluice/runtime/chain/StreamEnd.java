package dev.sluice.runtime.chain;

import dev.sluice.api.DataAction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;

/** The end of the stream that the filters of a direction see: FIN of its sender, or the decision of a filter. */
final class StreamEnd {
    private StreamEnd() {}

    /** Ends the stream for the first filter, which has been shown all its bytes. */
    static Flow received(DirectionChain filters, Cursor cursor, Buffer last) {
        CursorList cursors = filters.cursors;
        Buffer source = filters.stages.content(cursor.stage, last);
        Buffer target = filters.stages.target(cursor, last);
        if (target != null && !cursor.passThrough) {
            if (target == last && last.content() > cursors.held(filters.stages.last(), last.content())) {
                // The last call gets as much room as there can be.
                cursor.blocked = true;
                return Flow.GO_ON;
            }
            DataAction action = FilterCall.show(filters.chain, filters.direction, cursor, null, source,
                    cursor.unforwarded, target, true);
            Flow flow = filters.apply(cursor, action, Callback.ON_DATA, cursor.lent(), source);
            if (flow != Flow.GO_ON || cursor.blocked) {
                return flow;
            }
        }
        if (!cursor.passThrough && cursors.indexOf(cursor) >= 0 && (cursor.unforwarded > 0 || cursor.beforeRouting)) {
            Flow flow = Expiry.of(filters, cursor, HoldExpiry.END_OF_STREAM, cursor.unforwarded, source, target);
            if (flow != Flow.GO_ON) {
                return flow;
            }
        }
        if (cursors.indexOf(cursor) < 0 || cursor.blocked) {
            return Flow.GO_ON;
        }
        if (cursor.passThrough) {
            filters.passOn(cursor, source, target, cursor.unforwarded);
        } else if (FilterCall.end(filters.chain, filters.direction, cursor) == Flow.END) {
            return Flow.END;
        }
        if (cursors.indexOf(cursor) >= 0 && cursor.unforwarded == 0) {
            filters.progress = true;
            cursors.remove(cursor);
        }
        return Flow.GO_ON;
    }

    /**
     * Ends the stream behind the bytes that a filter has forwarded: the rest of them is dropped, and the filter is gone
     * with those before it. The filters behind it see the end as if the sender had finished.
     *
     * @param action the result of the callback that has ended it
     * @param source the content of the filter's stage
     */
    static Flow early(DirectionChain filters, Cursor cursor, DataAction action, Callback callback, Buffer source) {
        ConnectionChain chain = filters.chain;
        if (chain.created() != null || action == DataAction.SUSPEND) {
            PendingSuspension wait = chain.created();
            if (wait != null) {
                wait.cancel();
            }
            return chain.fail(cursor.slot, callback,
                    new FilterContractException("the filter called context.finish(…) and suspended"));
        }
        int dropped = cursor.unforwarded;
        source.truncate(source.content() - dropped);
        filters.stages.dropBefore(cursor.stage);
        boolean before = true;
        for (Cursor each : filters.cursors.now()) {
            if (before) {
                filters.cursors.remove(each);
                before = each != cursor;
            } else if (each.stage == cursor.stage) {
                each.unforwarded -= dropped;
            }
        }
        cursor.unforwarded = 0;
        filters.endedBy = cursor;
        filters.progress = true;
        filters.finReceived();
        chain.counters(cursor.slot).count(FilterEvent.DETACH);
        chain.onFinish(filters.direction);
        return Flow.GO_ON;
    }
}
