package dev.sluice.runtime.chain;

/**
 * An event of a filter, as counted in {@code sluice_filter_decisions_total} under the label {@code decision}. Users
 * rely on the labels.
 */
public enum FilterEvent {
    /** The filter let a connection in. */
    ACCEPT("accept"),
    /** The filter refused a connection, at connect or when it saw bytes. */
    REJECT("reject"),
    /** The filter put a client into the tarpit. */
    TARPIT("tarpit"),
    /** The filter chose a cluster. */
    ROUTE("route"),
    /** The filter suspended the connection. */
    SUSPEND("suspend"),
    /** A suspension was not answered in time. */
    TIMEOUT("timeout"),
    /** The filter detached from a direction. */
    DETACH("detach"),
    /** The filter had to decide: it held too much, or for too long, or the stream ended. */
    EXPIRE("expire"),
    /** The filter threw, or broke its contract. */
    FAIL("fail"),
    /** A connection went on without the filter, which is quarantined. */
    BYPASS("bypass");

    private final String label;

    FilterEvent(String label) {
        this.label = label;
    }

    /** The name in metrics and admin responses. */
    public String label() {
        return label;
    }
}
