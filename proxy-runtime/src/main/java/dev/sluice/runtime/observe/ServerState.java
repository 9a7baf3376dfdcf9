package dev.sluice.runtime.observe;

/** Where a server is in its life. It only moves forward. */
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

    /** The name used in admin answers. */
    public String label() {
        return label;
    }
}
