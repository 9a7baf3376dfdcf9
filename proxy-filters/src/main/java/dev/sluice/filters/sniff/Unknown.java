package dev.sluice.filters.sniff;

/** What becomes of a client whose protocol is not one of those listed, or that does not show it in time. */
public enum Unknown {
    /** It goes on without a protocol; routes that match on one do not take it. */
    PASS,
    /** It is refused. */
    REJECT
}
