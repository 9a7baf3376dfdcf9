package dev.sluice.runtime.observe;

/**
 * States of a server, which only moves forward.
 *
 * <pre>
 *   STARTING ──▶ READY ──▶ DRAINING ──▶ CLOSED
 *      │           │                      ▲
 *      └───────────┴──────────────────────┘
 * </pre>
 */
public enum ServerState {
    /** Listening sockets are being opened. */
    STARTING("starting"),
    /** Every listener accepts. */
    READY("ready"),
    /**
     * After the delay of the drain, no new connection is accepted; open ones end by themselves or at the drain
     * deadline.
     */
    DRAINING("draining"),
    /** All sockets are closed. */
    CLOSED("closed");

    private final String label;

    ServerState(String label) {
        this.label = label;
    }

    /** Whether a server may change from this state to another one. */
    public boolean mayBecome(ServerState next) {
        return switch (next) {
            case STARTING -> false;
            case READY -> this == STARTING;
            case DRAINING -> this == READY;
            case CLOSED -> this != CLOSED;
        };
    }

    /** The name used in admin responses. */
    public String label() {
        return label;
    }
}
