package dev.sluice.runtime.observe;

/** Reasons of failed connect attempts: the closed list of {@code sluice_upstream_connect_failures_total{reason}}. */
public enum ConnectFailure {
    /** The endpoint answered with RST: no process listens there, or its accept queue refuses. */
    REFUSED("refused"),
    /** No answer within {@code timeouts.connect}. */
    TIMEOUT("timeout"),
    /** The network has no route to the endpoint (EHOSTUNREACH, ENETUNREACH), or the Unix socket does not exist. */
    UNREACHABLE("unreachable"),
    /** The TLS handshake with the endpoint failed, or its certificate was not the expected one. */
    TLS("tls"),
    /** This machine has no more file descriptors (EMFILE, ENFILE) or no more local ports (EADDRNOTAVAIL). */
    RESOURCES("resources"),
    /** Any other error; the log has the message of the operating system. */
    OTHER("other");

    private final String label;

    ConnectFailure(String label) {
        this.label = label;
    }

    /** The name used in metrics, admin responses and logs. */
    public String label() {
        return label;
    }
}
