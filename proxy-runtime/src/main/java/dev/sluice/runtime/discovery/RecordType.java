package dev.sluice.runtime.discovery;

/** The types of DNS records that endpoints come from. */
public enum RecordType {
    /** IPv4 addresses. */
    A,
    /** IPv6 addresses. */
    AAAA,
    /** Names with ports, priorities and weights, which have addresses in turn. */
    SRV
}
