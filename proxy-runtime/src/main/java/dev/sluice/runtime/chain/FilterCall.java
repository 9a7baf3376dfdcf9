package dev.sluice.runtime.chain;

import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/** The calls of a filter that sees bytes: lent before, taken back after, and whatever is thrown ends the connection. */
final class FilterCall {
    private FilterCall() {}

    /**
     * Shows bytes to a filter.
     *
     * @param expiry why it has to decide now; null = it need not
     * @param portion how many of the bytes it has not forwarded
     * @param target where it emits to, if it transforms
     * @param last whether there will be no more
     * @return null if the call has ended the connection
     */
    static @Nullable DataAction show(ConnectionChain chain, Direction direction, Cursor cursor,
            @Nullable HoldExpiry expiry, Buffer source, int portion, @Nullable Buffer target, boolean last) {
        Callback callback = expiry == null ? Callback.ON_DATA : Callback.ON_HOLD_EXPIRED;
        cursor.lend(source, source.content() - cursor.unforwarded, portion, target, last, callback);
        ParanoidBytes copy = chain.plan().paranoid() ? new ParanoidBytes(cursor) : null;
        chain.enter(cursor.slot);
        try {
            DataAction action = expiry == null
                    ? cursor.filter.onData(direction, copy == null ? cursor : copy, chain)
                    : cursor.filter.onHoldExpired(direction, expiry, copy == null ? cursor : copy, chain);
            if (action == null) {
                throw new FilterContractException("it returned null");
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
     * Tells a filter that it has seen everything.
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
