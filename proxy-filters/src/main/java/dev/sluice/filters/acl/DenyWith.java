package dev.sluice.filters.acl;

import dev.sluice.api.ConnectDecision;

/** Ways to deny a client. */
public enum DenyWith {
    /** At once, with a reset. */
    RESET(ConnectDecision.REJECT),
    /** By silence, until {@code timeouts.tarpit} resets the connection. */
    TARPIT(ConnectDecision.TARPIT);

    private final ConnectDecision decision;

    DenyWith(ConnectDecision decision) {
        this.decision = decision;
    }

    ConnectDecision decision() {
        return decision;
    }
}
