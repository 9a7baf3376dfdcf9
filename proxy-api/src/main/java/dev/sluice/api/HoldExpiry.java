package dev.sluice.api;

/** The cause for which a filter has to decide now. */
public enum HoldExpiry {
    /** It holds, or has asked for, as much as its {@link FilterTraits#maxHeldBytes}. */
    FULL,
    /**
     * Routing waits for it, and the client has sent no byte for the time of {@link FilterTraits#waitedForBeforeRouting(java.time.Duration)}. Perhaps
     * it is waiting for the server to speak.
     */
    SILENCE,
    /** Its {@link FilterTraits#holdDeadline} is over. */
    DEADLINE,
    /** The sender has sent FIN: there will be no more. */
    END_OF_STREAM
}
