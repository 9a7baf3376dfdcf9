package dev.sluice.runtime.chain;

/** The result of a step of a chain: whether the connection, or one direction of it, goes on. */
public enum Flow {
    /** With the next filter, or with more bytes. */
    GO_ON,
    /** When the {@link dev.sluice.api.Suspension} that a filter waits for is answered. */
    WAIT,
    /** Not at all: {@link ConnectionChain#verdict} says why the connection has to end. */
    END
}
