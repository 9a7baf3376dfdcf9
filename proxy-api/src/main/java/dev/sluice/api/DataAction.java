package dev.sluice.api;

/**
 * The result of a callback that was shown bytes. Reasons and last bytes are given before it, by methods of
 * {@link ConnectionContext}.
 */
public enum DataAction {
    /** Go on: forwarded bytes go to the next filter, the others are held and shown again when more arrive. */
    CONTINUE,
    /**
     * Wait until the {@link Suspension} created in this callback is completed. Only then do forwarded bytes go to the
     * next filter. Nothing is read in this direction meanwhile. Bytes that were not forwarded are shown again
     * afterwards.
     */
    SUSPEND,
    /** Stop calling this filter in this direction. Everything passes from here on, held bytes included. */
    DETACH,
    /**
     * Close the connection with a reset, or, after {@link ConnectionContext#sendLast}, behind the last bytes for the
     * client. Bytes forwarded before, in this callback too, are still delivered, for up to {@code timeouts.linger}.
     */
    REJECT
}
