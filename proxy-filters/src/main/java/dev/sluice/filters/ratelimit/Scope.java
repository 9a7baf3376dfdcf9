package dev.sluice.filters.ratelimit;

/** Whose connections are counted together. */
public enum Scope {
    /** Those of one source: an IPv4 address or an IPv6 /64. */
    SOURCE,
    /** All of the listener. */
    LISTENER
}
