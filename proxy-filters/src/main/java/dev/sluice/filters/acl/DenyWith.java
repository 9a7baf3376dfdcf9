package dev.sluice.filters.acl;

import dev.sluice.api.ConnectDecision;

/** How a client is denied. */
public enum DenyWith {
    /** At once, with a reset. */
    RESET {
        @Override
        ConnectDecision decision(String reason) {
            return ConnectDecision.reject(reason);
        }
    },
    /** By silence, until {@code timeouts.tarpit} closes the connection. */
    DROP {
        @Override
        ConnectDecision decision(String reason) {
            return ConnectDecision.drop(reason);
        }
    };

    abstract ConnectDecision decision(String reason);
}
