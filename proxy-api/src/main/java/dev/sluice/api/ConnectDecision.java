package dev.sluice.api;

/**
 * The result of {@link ConnectionFilter#onConnect}. Everything that belongs to it is said before, by verbs of the {@link ConnectionContext}: why
 * ({@link ConnectionContext#explain explain}), where to ({@link ConnectionContext#route route}), the client's last bytes
 * ({@link ConnectionContext#sendLast sendLast}), how long to wait ({@link ConnectionContext#suspend suspend}).
 */
public enum ConnectDecision {
    /** Go on, with the next filter. */
    ACCEPT("accept"),
    /** Close the connection: with a reset, or behind the bytes of {@link ConnectionContext#sendLast}. */
    REJECT("reject"),
    /**
     * Leave the client without an answer: nothing is read, nothing sent; the connection is reset after {@code timeouts.tarpit}. Costs a
     * descriptor until then, and a scanner its time.
     */
    TARPIT("tarpit"),
    /** Go on when the {@link Suspension} that was created in this callback is completed; nothing is read until then. */
    SUSPEND("suspend");

    private final String label;

    ConnectDecision(String label) {
        this.label = label;
    }

    /** The name in metrics ({@code decision}). */
    public String label() {
        return label;
    }
}
