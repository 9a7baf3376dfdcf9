package dev.sluice.api;

/** The reason for which a filter has to decide about held bytes now. */
public enum HoldExpiry {
    /** The filter holds, or has asked for, as many bytes as its {@link FilterTraits#maxHeldBytes}. */
    FULL,
    /**
     * Routing waits for the filter, and the client has sent no byte for the time of
     * {@link FilterTraits#waitedForBeforeRouting(java.time.Duration)}. It may be waiting for the server to speak first.
     */
    SILENCE,
    /** The {@link FilterTraits#holdDeadline} of the filter has passed. */
    DEADLINE,
    /** The sender has sent FIN: no more bytes will follow. */
    END_OF_STREAM
}
