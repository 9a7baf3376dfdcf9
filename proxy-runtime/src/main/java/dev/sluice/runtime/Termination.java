package dev.sluice.runtime;

/**
 * The way a server ended.
 *
 * @param cause the party that ended it
 * @param open the number of connections when its first drain, or its close, began
 * @param cut the number of connections that did not end by themselves and were reset
 */
public record Termination(Cause cause, int open, int cut) {
    /** The cause of a server's end. */
    public enum Cause {
        /** The program or an operator closed it. */
        CLOSED,
        /** An event loop ended because of a defect or a lack of memory; the log has the reason. */
        FAILED
    }
}
