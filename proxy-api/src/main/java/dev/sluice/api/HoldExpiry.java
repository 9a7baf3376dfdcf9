package dev.sluice.api;

/** Why a filter has to decide now. */
public enum HoldExpiry {
    /** It holds, or has asked for, as much as its {@link FilterTraits#maxHeldBytes}. */
    FULL,
    /** Its {@link FilterTraits#holdDeadline} is over. */
    DEADLINE,
    /** The sender has sent FIN: there will be no more. */
    END_OF_STREAM
}
