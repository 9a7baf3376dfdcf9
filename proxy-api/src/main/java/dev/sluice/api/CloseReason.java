package dev.sluice.api;

/**
 * The reason for which a connection ended. One list for all: the access log ({@code close_reason}), the metric
 * {@code sluice_connection_close_total{reason}}, filters and tests all use {@link #label()}, so that a number seen in one place can be
 * looked up in the others.
 *
 * <p>The set may grow with a minor version, when the proxy learns something new: a {@code switch} over reasons needs a {@code default}. Some
 * constants are here before the feature that they belong to; they do not occur until then.
 */
public enum CloseReason {
    /** Both sides sent FIN and every byte before it was delivered; the client was first. */
    CLIENT_FINISHED("client-finished", ClosedBy.CLIENT),
    /** Both sides sent FIN and every byte before it was delivered; the endpoint was first. */
    UPSTREAM_FINISHED("upstream-finished", ClosedBy.UPSTREAM),
    /** The client sent RST, or its connection broke; the endpoint was reset in turn. */
    CLIENT_RESET("client-reset", ClosedBy.CLIENT),
    /** The endpoint sent RST, or its connection broke; the client was reset in turn. */
    UPSTREAM_RESET("upstream-reset", ClosedBy.UPSTREAM),
    /** No attempt to reach an endpoint succeeded; the last one was refused, unreachable or failed in the operating system. */
    CONNECT_FAILED("connect-failed", ClosedBy.PROXY),
    /** The last attempt ran into {@code timeouts.connect}, or all of them together into {@code timeouts.connectTotal}. */
    CONNECT_TIMEOUT("connect-timeout", ClosedBy.PROXY),
    /** The cluster has no endpoint that may take a connection now. */
    NO_ENDPOINT("no-endpoint", ClosedBy.PROXY),
    /** The cluster, or each of its endpoints, is at {@code maxConnections}. */
    CLUSTER_FULL("cluster-full", ClosedBy.PROXY),
    /** A filter refused it: the access log has the filter and, as {@code detail}, its reason. */
    FILTER_REJECTED("filter-rejected", ClosedBy.PROXY),
    /** A filter left the client without an answer ({@link ConnectDecision#TARPIT}), and {@code timeouts.tarpit} is over. */
    FILTER_TARPITTED("filter-tarpitted", ClosedBy.PROXY),
    /** A filter threw, or broke its contract: the log has the stack trace. Other connections are not affected. */
    FILTER_FAILED("filter-failed", ClosedBy.PROXY),
    /** A filter that has offended repeatedly is quarantined, and its configuration says to refuse connections meanwhile. */
    FILTER_QUARANTINED("filter-quarantined", ClosedBy.PROXY),
    /** No route of the listener matched, and none is without conditions. */
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
    /** An operator closed it, or the server was closed without a drain. */
    OPERATOR("operator", ClosedBy.OPERATOR),
    /** The client closed its connection without having sent a byte, as the health check of a load balancer does. */
    CLIENT_SILENT("client-silent", ClosedBy.CLIENT),
    /** The connection reached the greatest age that the listener allows. */
    LIFETIME("lifetime", ClosedBy.PROXY),
    /** It belonged to a configuration that was replaced, and the time that a reload gives such connections is over. */
    GENERATION_DRAINED("generation-drained", ClosedBy.PROXY),
    /** Its endpoint is drained by an operator, and the time for that is over. */
    ENDPOINT_DRAINED("endpoint-drained", ClosedBy.OPERATOR),
    /** Its endpoint is no longer one of the cluster. */
    ENDPOINT_REMOVED("endpoint-removed", ClosedBy.PROXY),
    /** Its endpoint failed its health checks, and the cluster says that connections end then. */
    ENDPOINT_UNHEALTHY("endpoint-unhealthy", ClosedBy.PROXY),
    /** Its listener is no longer in the configuration, and the time that a reload gives such connections is over. */
    LISTENER_REMOVED("listener-removed", ClosedBy.PROXY),
    /** No endpoint had room, and the cluster's queue was full. */
    QUEUE_FULL("queue-full", ClosedBy.PROXY),
    /** No endpoint had room while the connection waited in the cluster's queue. */
    QUEUE_TIMEOUT("queue-timeout", ClosedBy.PROXY),
    /** The connection did not begin with a PROXY header as the specification has it, or the header came from a peer that may not send one. */
    PROXY_HEADER_INVALID("proxy-header-invalid", ClosedBy.PROXY),
    /** The PROXY header was not complete in time. */
    PROXY_HEADER_TIMEOUT("proxy-header-timeout", ClosedBy.PROXY),
    /** The TLS handshake with the client failed; the access log says why as {@code detail}. */
    TLS_HANDSHAKE_FAILED("tls-handshake-failed", ClosedBy.PROXY),
    /** The TLS handshake with the client was not complete in time. */
    TLS_HANDSHAKE_TIMEOUT("tls-handshake-timeout", ClosedBy.PROXY),
    /** The process has as many TLS handshakes under way as it takes. */
    TLS_HANDSHAKE_REFUSED("tls-handshake-refused", ClosedBy.PROXY),
    /** A TLS stream ended by FIN without close_notify, so that it may have been cut. */
    TLS_TRUNCATED("tls-truncated", ClosedBy.PROXY),
    /** A TLS record could not be authenticated, or has no valid form. */
    TLS_RECORD_INVALID("tls-record-invalid", ClosedBy.PROXY),
    /** A TLS record began and was not complete in time. */
    TLS_RECORD_TIMEOUT("tls-record-timeout", ClosedBy.PROXY),
    /** The client ended its TLS connection with a fatal alert. */
    TLS_ALERT_RECEIVED("tls-alert-received", ClosedBy.CLIENT),
    /** The TLS handshake with the endpoint failed, or its certificate is not the one that was expected; the log has the {@code detail}. */
    UPSTREAM_TLS_FAILED("upstream-tls-failed", ClosedBy.PROXY),
    /** The TLS handshake with the endpoint was not complete in time. */
    UPSTREAM_TLS_TIMEOUT("upstream-tls-timeout", ClosedBy.PROXY),
    /** A defect of the proxy: the log has the stack trace. Other connections are not affected. */
    INTERNAL_ERROR("internal-error", ClosedBy.PROXY);

    /** The party that made the connection end. */
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

        /** The name used in the access log ({@code closed_by}). */
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

    /** The name used in access log, metrics and admin answers: lower case, words joined by hyphens. */
    public String label() {
        return label;
    }

    /** Who made the connection end. */
    public ClosedBy closedBy() {
        return closedBy;
    }
}
