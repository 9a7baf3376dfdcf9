package dev.sluice.runtime.observe;

/** Why one attempt to connect to one endpoint failed: the closed list of {@code sluice_upstream_connect_failures_total{reason}}. */
public enum ConnectFailure {
    /** The endpoint answered with RST: nobody listens there, or its accept queue refuses. */
    REFUSED("refused"),
    /** No answer within {@code timeouts.connect}. */
    TIMEOUT("timeout"),
    /** The network has no way there (EHOSTUNREACH, ENETUNREACH), or the Unix socket does not exist. */
    UNREACHABLE("unreachable"),
    /** This machine has no more file descriptors (EMFILE, ENFILE) or no more local ports (EADDRNOTAVAIL). */
    RESOURCES("resources"),
    /** Anything else; the log has the error of the operating system. */
    OTHER("other");

    private final String label;

    ConnectFailure(String label) {
        this.label = label;
    }

    /** The name used in metrics, admin answers and logs. */
    public String label() {
        return label;
    }
}
