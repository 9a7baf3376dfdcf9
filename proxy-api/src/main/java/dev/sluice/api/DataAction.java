package dev.sluice.api;

/** The result of a callback that has seen bytes. Reasons and last bytes are said before, by verbs of the {@link ConnectionContext}. */
public enum DataAction {
    /** Go on: what it forwarded goes to the next filter, what it did not is held until there is more. */
    CONTINUE,
    /**
     * Go on when the {@link Suspension} that was created in this callback is completed: what it forwarded then goes to the next filter. Until
     * then nothing is read in this direction. What it did not forward is shown to it again afterwards.
     */
    SUSPEND,
    /** Pass everything from here on, what is held included, without asking this filter in this direction again. */
    DETACH,
    /**
     * Close the connection: with a reset, or, for the client, behind the bytes of {@link ConnectionContext#sendLast}. What was forwarded before
     * passes.
     */
    REJECT
}
