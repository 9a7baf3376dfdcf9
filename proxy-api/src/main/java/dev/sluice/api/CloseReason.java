package dev.sluice.api;

/**
 * Why a connection ended. The list is closed: the access log ({@code close_reason}), the metric
 * {@code sluice_connection_close_total{reason}}, filters and tests all use {@link #label()}, so that a number seen in one place can be
 * looked up in the others.
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
    /** A filter left the client without an answer, and that time is over. */
    FILTER_DROPPED("filter-dropped", ClosedBy.PROXY),
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
    /** A defect of the proxy: the log has the stack trace. Other connections are not affected. */
    INTERNAL_ERROR("internal-error", ClosedBy.PROXY);

    /** Who made the connection end. */
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
