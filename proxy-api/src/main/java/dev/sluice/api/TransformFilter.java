package dev.sluice.api;

/**
 * A filter that may change bytes. Exactly the filters of factories with {@link FilterTraits#transforms} implement this;
 * a mismatch is a failure of the filter.
 */
@Incubating
public interface TransformFilter extends ConnectionFilter {
    /**
     * Transforms bytes. Called when bytes have arrived, when there is room again for output that an earlier call could
     * not emit, and at the end of the stream.
     *
     * @param direction the stream that the bytes belong to
     * @param bytes valid until this returns
     * @param context valid until this returns
     * @return the action
     * @see ConnectionFilter#onData(Direction, BorrowedBytes, ConnectionContext)
     */
    DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context);

    /**
     * Decides about held bytes, since no more will be shown before that.
     *
     * @param direction the stream that the bytes belong to
     * @param cause the reason for which no more bytes are shown
     * @param bytes all held bytes, possibly none; valid until this returns
     * @param context valid until this returns
     * @return the action; by default {@link DataAction#REJECT}
     * @see ConnectionFilter#onHoldExpired(Direction, HoldExpiry, BorrowedBytes, ConnectionContext)
     */
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
            ConnectionContext context) {
        return DataAction.REJECT;
    }

    /** Calls {@link #onData(Direction, TransformBytes, ConnectionContext)}. Filters do not override this. */
    @Override
    default DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        return onData(direction, (TransformBytes) bytes, context);
    }

    /**
     * Calls {@link #onHoldExpired(Direction, HoldExpiry, TransformBytes, ConnectionContext)}. Filters do not override
     * this.
     */
    @Override
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        return onHoldExpired(direction, cause, (TransformBytes) bytes, context);
    }
}
