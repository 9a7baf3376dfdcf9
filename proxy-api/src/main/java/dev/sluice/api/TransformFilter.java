package dev.sluice.api;

/**
 * A filter that may change bytes. The filters of a factory whose traits say {@link FilterTraits#transforms} implement this, and no others do;
 * otherwise the filter has failed.
 */
@Incubating
public interface TransformFilter extends ConnectionFilter {
    /**
     * Bytes have arrived, or there is room again for what a call before had no room to emit, or the stream is over.
     *
     * @param bytes valid until this returns
     * @see ConnectionFilter#onData(Direction, BorrowedBytes, ConnectionContext)
     */
    DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context);

    /**
     * No more bytes will be shown before the filter has decided.
     *
     * @param bytes all that is held, perhaps nothing
     * @see ConnectionFilter#onHoldExpired(Direction, HoldExpiry, BorrowedBytes, ConnectionContext)
     */
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
            ConnectionContext context) {
        return DataAction.REJECT;
    }

    /** Not for filters to implement: passes the bytes on with the type that they have for a transforming filter. */
    @Override
    default DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        return onData(direction, (TransformBytes) bytes, context);
    }

    /** Not for filters to implement: passes the bytes on with the type that they have for a transforming filter. */
    @Override
    default DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        return onHoldExpired(direction, cause, (TransformBytes) bytes, context);
    }
}
