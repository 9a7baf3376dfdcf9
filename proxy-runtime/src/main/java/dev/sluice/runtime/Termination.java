package dev.sluice.runtime;

/**
 * The end of a server.
 *
 * @param cause the cause of its end
 * @param open connections when its first drain, or its close, began
 * @param cut connections that did not end by themselves and were reset
 */
public record Termination(Cause cause, int open, int cut) {
    /** Causes of a server's end. */
    public enum Cause {
        /** The program or an operator closed it. */
        CLOSED,
        /** An event loop died by a defect or because memory ran out; the log has the reason. */
        FAILED
    }
}
