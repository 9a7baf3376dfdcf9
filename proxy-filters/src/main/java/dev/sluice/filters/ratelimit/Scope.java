package dev.sluice.filters.ratelimit;

/** The scope of a limit on connections: the connections that are counted together. */
public enum Scope {
    /** All connections of one source: an IPv4 address or an IPv6 /64. */
    SOURCE,
    /** All connections of the listener. */
    LISTENER
}
