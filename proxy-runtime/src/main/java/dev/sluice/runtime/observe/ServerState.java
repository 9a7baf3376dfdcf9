package dev.sluice.runtime.observe;

/**
 * The life of a server. It only moves forward.
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
    /** No new connection is accepted; open ones end by themselves or at the drain deadline. */
    DRAINING("draining"),
    /** Nothing is left open. */
    CLOSED("closed");

    private final String label;

    ServerState(String label) {
        this.label = label;
    }

    /** Whether the life of a server may go from here to there. */
    public boolean mayBecome(ServerState next) {
        return switch (next) {
            case STARTING -> false;
            case READY -> this == STARTING;
            case DRAINING -> this == READY;
            case CLOSED -> this != CLOSED;
        };
    }

    /** The name used in admin answers. */
    public String label() {
        return label;
    }
}
