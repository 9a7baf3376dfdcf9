package dev.sluice.api;

/**
 * The reason for which a connection ended. The access log ({@code close_reason}), the metric
 * {@code sluice_connection_close_total{reason}}, filters and tests all use the same {@link #label()}, so that a reason
 * seen in one place can be looked up in the others.
 *
 * <p>The set may grow with a minor version: a {@code switch} over reasons needs a {@code default}. Some constants
 * belong to features that are not there yet; they do not occur until then.
 */
public enum CloseReason {
    /** Both sides sent FIN, the client first, and every byte was delivered. */
    CLIENT_FINISHED("client-finished", ClosedBy.CLIENT),
    /** Both sides sent FIN, the endpoint first, and every byte was delivered. */
    UPSTREAM_FINISHED("upstream-finished", ClosedBy.UPSTREAM),
    /** The client sent RST or its connection broke; the proxy reset the endpoint's in turn. */
    CLIENT_RESET("client-reset", ClosedBy.CLIENT),
    /**
     * The client closed or reset its connection, and no byte had come from either side: the health check of a load
     * balancer does that. {@code accessLog.skipEmpty} leaves such connections out of the access log.
     */
    CLIENT_SILENT("client-silent", ClosedBy.CLIENT),
    /** The endpoint sent RST or its connection broke; the proxy reset the client's in turn. */
    UPSTREAM_RESET("upstream-reset", ClosedBy.UPSTREAM),
    /**
     * Every attempt to reach an endpoint failed; the last one was refused, found no way, or failed in the operating
     * system.
     */
    CONNECT_FAILED("connect-failed", ClosedBy.PROXY),
    /**
     * The last attempt took longer than {@code timeouts.connect}, or all of them together longer than
     * {@code timeouts.connectTotal}.
     */
    CONNECT_TIMEOUT("connect-timeout", ClosedBy.PROXY),
    /** The cluster has no endpoint that may take a connection now. */
    NO_ENDPOINT("no-endpoint", ClosedBy.PROXY),
    /** The cluster, or each of its endpoints, is at {@code maxConnections}. */
    CLUSTER_FULL("cluster-full", ClosedBy.PROXY),
    /** A filter refused the connection. The access log names the filter and, as {@code detail}, its reason. */
    FILTER_REJECTED("filter-rejected", ClosedBy.PROXY),
    /**
     * A filter left the client without an answer ({@link ConnectDecision#TARPIT}), and {@code timeouts.tarpit} has
     * passed.
     */
    FILTER_TARPITTED("filter-tarpitted", ClosedBy.PROXY),
    /**
     * A filter threw an exception or broke its contract. The log has the stack trace. Other connections are not
     * affected.
     */
    FILTER_FAILED("filter-failed", ClosedBy.PROXY),
    /**
     * A filter is quarantined because it failed repeatedly, and the configuration says to refuse connections meanwhile.
     */
    FILTER_QUARANTINED("filter-quarantined", ClosedBy.PROXY),
    /** No route of the listener matched, and none is without a condition. */
    NO_ROUTE("no-route", ClosedBy.PROXY),
    /** The connection was dialled by the listener that accepted it: an endpoint leads back to the proxy. */
    PROXY_LOOP("proxy-loop", ClosedBy.PROXY),
    /** No byte moved in either direction for {@code timeouts.idle}. */
    IDLE_TIMEOUT("idle-timeout", ClosedBy.PROXY),
    /** One side had sent FIN, and no byte moved for {@code timeouts.halfClosed}. */
    HALF_CLOSED_TIMEOUT("half-closed-timeout", ClosedBy.PROXY),
    /** The client took no byte of what was waiting for it for {@code timeouts.writeStall}. */
    CLIENT_WRITE_STALL("client-write-stall", ClosedBy.PROXY),
    /** The endpoint took no byte of what was waiting for it for {@code timeouts.writeStall}. */
    UPSTREAM_WRITE_STALL("upstream-write-stall", ClosedBy.PROXY),
    /** The drain deadline passed while the connection was still open. */
    DRAIN_DEADLINE("drain-deadline", ClosedBy.PROXY),
    /** An operator closed the connection, or the server was closed without a drain. */
    OPERATOR("operator", ClosedBy.OPERATOR),
    /** The connection reached the greatest age that its listener allows. */
    LIFETIME("lifetime", ClosedBy.PROXY),
    /**
     * The connection belonged to a configuration that was replaced, and the time that a reload gives such connections
     * has passed.
     */
    GENERATION_DRAINED("generation-drained", ClosedBy.PROXY),
    /** An operator drained the endpoint of the connection, and the time for that has passed. */
    ENDPOINT_DRAINED("endpoint-drained", ClosedBy.OPERATOR),
    /** The endpoint of the connection no longer belongs to the cluster. */
    ENDPOINT_REMOVED("endpoint-removed", ClosedBy.PROXY),
    /** The endpoint failed its health checks, and the cluster closes its connections then. */
    ENDPOINT_UNHEALTHY("endpoint-unhealthy", ClosedBy.PROXY),
    /** The listener is no longer in the configuration, and the time that a reload gives its connections has passed. */
    LISTENER_REMOVED("listener-removed", ClosedBy.PROXY),
    /** No endpoint had a free place, and the cluster's queue was full. */
    QUEUE_FULL("queue-full", ClosedBy.PROXY),
    /** No endpoint had a free place within the time that the cluster lets connections wait in its queue. */
    QUEUE_TIMEOUT("queue-timeout", ClosedBy.PROXY),
    /**
     * The connection did not begin with a valid PROXY header, or the header came from an address that may not send one.
     */
    PROXY_HEADER_INVALID("proxy-header-invalid", ClosedBy.PROXY),
    /** The PROXY header was not complete in time. */
    PROXY_HEADER_TIMEOUT("proxy-header-timeout", ClosedBy.PROXY),
    /** The TLS handshake with the client failed. The access log has the cause as {@code detail}. */
    TLS_HANDSHAKE_FAILED("tls-handshake-failed", ClosedBy.PROXY),
    /** The TLS handshake with the client was not complete in time. */
    TLS_HANDSHAKE_TIMEOUT("tls-handshake-timeout", ClosedBy.PROXY),
    /** The process already had as many TLS handshakes under way as it allows. */
    TLS_HANDSHAKE_REFUSED("tls-handshake-refused", ClosedBy.PROXY),
    /** A TLS stream ended with FIN and no close_notify, so bytes may be missing. */
    TLS_TRUNCATED("tls-truncated", ClosedBy.PROXY),
    /** A TLS record failed authentication or had an invalid form. */
    TLS_RECORD_INVALID("tls-record-invalid", ClosedBy.PROXY),
    /** A TLS record was begun and not completed in time. */
    TLS_RECORD_TIMEOUT("tls-record-timeout", ClosedBy.PROXY),
    /** The client ended its TLS connection with a fatal alert. */
    TLS_ALERT_RECEIVED("tls-alert-received", ClosedBy.CLIENT),
    /**
     * The TLS handshake with the endpoint failed, or its certificate was not the expected one. The log has the
     * {@code detail}.
     */
    UPSTREAM_TLS_FAILED("upstream-tls-failed", ClosedBy.PROXY),
    /** The TLS handshake with the endpoint was not complete in time. */
    UPSTREAM_TLS_TIMEOUT("upstream-tls-timeout", ClosedBy.PROXY),
    /** The proxy itself has a defect. The log has the stack trace. Other connections are not affected. */
    INTERNAL_ERROR("internal-error", ClosedBy.PROXY);

    /** The party that made a connection end. */
    public enum ClosedBy {
        /** The side that connected to the listener. */
        CLIENT("client"),
        /** The endpoint. */
        UPSTREAM("upstream"),
        /** A limit, a deadline or a rule of the proxy. */
        PROXY("proxy"),
        /** A person or a program through the admin interface, a signal or the embedding API. */
        OPERATOR("operator");

        private final String label;

        ClosedBy(String label) {
            this.label = label;
        }

        /** {@return the name used in the access log ({@code closed_by})} */
        public String label() {
            return label;
        }
    }

    private final String label;
    private final ClosedBy closedBy;

    CloseReason(String label, ClosedBy closedBy) {
        this.label = label;
        this.closedBy = closedBy;
    }

    /** {@return the name used in access log, metrics and admin answers: lower case, words joined by hyphens} */
    public String label() {
        return label;
    }

    /** {@return the party that made the connection end} */
    public ClosedBy closedBy() {
        return closedBy;
    }
}
