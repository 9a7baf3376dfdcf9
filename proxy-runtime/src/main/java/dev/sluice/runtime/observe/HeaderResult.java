package dev.sluice.runtime.observe;

/** Results of waiting for a PROXY header. */
public enum HeaderResult {
    /** It has the address of the client. */
    PROXIED("proxied"),
    /** The connection is the load balancer's own: a health check. */
    LOCAL("local"),
    /** The load balancer does not know the address of the client. */
    UNKNOWN("unknown"),
    /** It is none, or a wrong one. */
    INVALID("invalid"),
    /** It would have come from an address that is not trusted. */
    UNTRUSTED("untrusted"),
    /** It was not complete in time. */
    TIMEOUT("timeout"),
    /** The peer left before it was complete. */
    LEFT("left");

    private final String label;

    HeaderResult(String label) {
        this.label = label;
    }

    /** The name in metrics. */
    public String label() {
        return label;
    }
}
