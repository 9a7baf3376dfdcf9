package dev.sluice.filters.sniff;

/** The treatment of a client whose protocol is not one of those listed, or that does not show it in time. */
public enum Unknown {
    /** The connection goes on without a protocol; routes that match on one do not match it. */
    PASS,
    /** The client is refused. */
    REJECT
}
