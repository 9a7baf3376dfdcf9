package dev.sluice.runtime.chain;

/**
 * Something that happened with a filter, as counted in {@code sluice_filter_decisions_total} under the label {@code decision}. Labels are part
 * of what users rely on.
 */
public enum FilterEvent {
    /** Let a connection in. */
    ACCEPT("accept"),
    /** Refused a connection, at connect or when it saw bytes. */
    REJECT("reject"),
    /** Left a client without an answer. */
    TARPIT("tarpit"),
    /** Chose a cluster. */
    ROUTE("route"),
    /** Waited for an answer from elsewhere. */
    SUSPEND("suspend"),
    /** The answer did not come in time. */
    TIMEOUT("timeout"),
    /** Had seen enough of a direction. */
    DETACH("detach"),
    /** Was asked to decide, as it held too much, for too long, or there was no more to come. */
    EXPIRE("expire"),
    /** Threw, or broke its contract. */
    FAIL("fail"),
    /** Was not asked, as it is quarantined. */
    BYPASS("bypass");

    private final String label;

    FilterEvent(String label) {
        this.label = label;
    }

    /** The name in metrics and admin answers. */
    public String label() {
        return label;
    }
}
