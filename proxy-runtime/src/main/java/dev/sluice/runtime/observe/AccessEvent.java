package dev.sluice.runtime.observe;

/** The moment in the life of a connection that a line of the access log is about. */
public enum AccessEvent {
    /** The connection has reached its endpoint. One that never does has no such line. */
    START("start"),
    /** The connection has been open for another period. */
    PERIODIC("periodic"),
    /** The connection has ended. */
    END("end");

    private final String label;

    AccessEvent(String label) {
        this.label = label;
    }

    /** The name in configuration and access log. */
    public String label() {
        return label;
    }
}
