package dev.sluice.runtime.chain;

import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/** The calls of filters with bytes: lent before, taken back after. Anything thrown ends the connection. */
final class FilterCall {
    private FilterCall() {}

    /**
     * Shows bytes to a filter.
     *
     * @param expiry the cause for which the filter has to decide now; null = none
     * @param portion the number of unforwarded bytes to show
     * @param target the buffer to emit to, if the filter transforms
     * @param last whether no more bytes will come
     * @return null if the call has ended the connection
     */
    static @Nullable DataAction show(ConnectionChain chain, Direction direction, Cursor cursor,
            @Nullable HoldExpiry expiry, Buffer source, int portion, @Nullable Buffer target, boolean last) {
        Callback callback = expiry == null ? Callback.ON_DATA : Callback.ON_HOLD_EXPIRED;
        cursor.lend(source, source.content() - cursor.unforwarded, portion, target, last, callback);
        ParanoidBytes copy = chain.plan().paranoid() ? new ParanoidBytes(cursor) : null;
        chain.enter(cursor.slot);
        chain.shows(direction);
        try {
            DataAction action = expiry == null
                    ? cursor.filter.onData(direction, copy == null ? cursor : copy, chain)
                    : cursor.filter.onHoldExpired(direction, expiry, copy == null ? cursor : copy, chain);
            if (action == null) {
                throw new FilterContractException("the filter returned null");
            }
            return action;
        } catch (Throwable failure) {
            chain.fail(cursor.slot, callback, failure);
            return null;
        } finally {
            chain.leave();
            cursor.takeBack();
            if (copy != null) {
                copy.revoke();
            }
        }
    }

    /**
     * Calls {@code onEndOfStream} of a filter, which has seen all bytes.
     *
     * @return {@link Flow#END} if the call has ended the connection
     */
    static Flow end(ConnectionChain chain, Direction direction, Cursor cursor) {
        chain.enter(cursor.slot);
        try {
            cursor.filter.onEndOfStream(direction, chain);
        } catch (Throwable failure) {
            return chain.fail(cursor.slot, Callback.ON_END_OF_STREAM, failure);
        } finally {
            chain.leave();
        }
        return chain.unusedSuspension(cursor.slot, Callback.ON_END_OF_STREAM, "nothing") ? Flow.END : Flow.GO_ON;
    }
}
