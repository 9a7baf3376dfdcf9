package dev.sluice.api;

/** What happens after a filter has seen bytes. */
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
    /** Close the connection with a reset; {@link ConnectionContext#explain} says why. */
    REJECT
}
