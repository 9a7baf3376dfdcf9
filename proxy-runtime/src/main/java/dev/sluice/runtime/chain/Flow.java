package dev.sluice.runtime.chain;

/** The result of a step of a chain: whether the connection, or one direction of it, goes on. */
public enum Flow {
    /** It goes on with the next filter, or with more bytes. */
    GO_ON,
    /** It goes on when the {@link dev.sluice.api.Suspension} that a filter waits for is answered. */
    WAIT,
    /** It ends, for the reason in {@link ConnectionChain#verdict}. */
    END
}
