package dev.sluice.filters.ratelimit;

/** Whose bytes are counted together. */
public enum BandwidthScope {
    /** Those of one connection. */
    CONNECTION,
    /** Those of all connections of one source: an IPv4 address or an IPv6 /64. */
    SOURCE,
    /** Those of all connections of the listener. */
    LISTENER
}
