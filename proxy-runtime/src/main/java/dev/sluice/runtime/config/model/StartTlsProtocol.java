package dev.sluice.runtime.config.model;

/** Protocols in which TLS is asked for before the handshake. */
public enum StartTlsProtocol {
    /** PostgreSQL: SSLRequest. */
    POSTGRES
}
