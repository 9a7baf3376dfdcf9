package dev.sluice.filters.acl;

/** What a rule says about a client. */
public enum Verdict {
    /** It may connect. */
    ALLOW,
    /** It may not. */
    DENY
}
