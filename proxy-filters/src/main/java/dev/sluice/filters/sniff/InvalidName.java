package dev.sluice.filters.sniff;

/** The treatment of a TLS client whose server name is not a DNS name. */
public enum InvalidName {
    /** As if there were no name: routes without {@code sni} match, and the access log has {@code sni_invalid}. */
    IGNORE,
    /** The client is refused. */
    REJECT
}
