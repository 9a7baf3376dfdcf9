package dev.sluice.filters.acl;

/** The verdict of a rule on a client. */
public enum Verdict {
    /** The client may connect. */
    ALLOW,
    /** The client may not connect. */
    DENY
}
