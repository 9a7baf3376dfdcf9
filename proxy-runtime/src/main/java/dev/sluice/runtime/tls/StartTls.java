package dev.sluice.runtime.tls;

/** Conversations in plaintext by which two sides agree to begin a TLS handshake. */
public enum StartTls {
    /** None: the first byte is that of the handshake. */
    NONE,
    /** SSLRequest of PostgreSQL, which is answered with one byte (protocol 3, section 54.2.11). */
    POSTGRES
}
