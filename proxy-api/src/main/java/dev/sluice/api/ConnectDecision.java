package dev.sluice.api;

/**
 * The result of {@link ConnectionFilter#onConnect}. Its particulars are given before it, by methods of
 * {@link ConnectionContext}: the reason ({@link ConnectionContext#explain explain}), the cluster
 * ({@link ConnectionContext#route route}), the client's last bytes ({@link ConnectionContext#sendLast sendLast}), the
 * wait ({@link ConnectionContext#suspend suspend}).
 */
public enum ConnectDecision {
    /** Go on, with the next filter. */
    ACCEPT("accept"),
    /** Close the connection with a reset, or, after {@link ConnectionContext#sendLast}, behind the last bytes. */
    REJECT("reject"),
    /**
     * Leave the client without an answer: nothing is read or sent, and the connection is reset after
     * {@code timeouts.tarpit}. That costs the proxy a descriptor until then, and a scanner its time.
     */
    TARPIT("tarpit"),
    /** Wait until the {@link Suspension} created in this callback is completed. Nothing is read meanwhile. */
    SUSPEND("suspend");

    private final String label;

    ConnectDecision(String label) {
        this.label = label;
    }

    /** {@return the name used in metrics ({@code decision})} */
    public String label() {
        return label;
    }
}
