package dev.sluice.filters.ratelimit;

/** The scope of a limit on bytes: the connections whose bytes are counted together. */
public enum BandwidthScope {
    /** One connection. */
    CONNECTION,
    /** All connections of one source: an IPv4 address or an IPv6 /64. */
    SOURCE,
    /** All connections of the listener. */
    LISTENER
}
