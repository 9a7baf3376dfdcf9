package dev.sluice.runtime.health;

/** Results of one check: the closed list of {@code sluice_health_checks_total{result}}. */
public enum CheckResult {
    /** The endpoint answered as expected. */
    PASSED("passed", true),
    /** The endpoint's system refused the connection. */
    REFUSED("refused", true),
    /** The network has no route to the endpoint, or the Unix socket cannot be reached. */
    UNREACHABLE("unreachable", true),
    /** Nothing came within the timeout. */
    TIMEOUT("timeout", true),
    /** The connection was closed or reset before the answer. */
    CLOSED("closed", true),
    /** The answer was another than the expected one, or not all of it came within the timeout: bytes, status, or no HTTP. */
    WRONG_ANSWER("wrong-answer", true),
    /** The TLS handshake failed, or the certificate was refused. */
    TLS("tls", true),
    /**
     * This process did not get round to the check in time, so the failure may be its own: does not count. Otherwise an overload of this
     * machine would take all endpoints down at once.
     */
    LATE("late", false),
    /** This process or machine has no descriptor, local port or memory left for the check: does not count. */
    RESOURCES("resources", false);

    private final String label;
    private final boolean counts;

    CheckResult(String label, boolean counts) {
        this.label = label;
        this.counts = counts;
    }

    /** The name used in metrics, admin responses and logs. */
    public String label() {
        return label;
    }

    /** Whether the result says something about the endpoint. */
    public boolean counts() {
        return counts;
    }
}
