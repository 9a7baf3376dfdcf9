package dev.sluice.filters.sniff;

/** Ways to treat a TLS client whose server name is none of DNS. */
public enum InvalidName {
    /** As if it had sent none: routes without {@code sni} take it, and the access log has {@code sni_invalid}. */
    IGNORE,
    /** It is refused. */
    REJECT
}
