package dev.sluice.api;

/** One of the two byte streams of a proxied connection. */
public enum Direction {
    /** Bytes from the client: read from the accepted socket, written to the endpoint. */
    CLIENT_TO_UPSTREAM("client-to-upstream"),
    /** Bytes from the endpoint: read from the upstream socket, written to the client. */
    UPSTREAM_TO_CLIENT("upstream-to-client");

    private final String label;

    Direction(String label) {
        this.label = label;
    }

    /** {@return the name used in configuration, metrics and logs} */
    public String label() {
        return label;
    }

    /** {@return the other stream of the same connection} */
    public Direction reverse() {
        return this == CLIENT_TO_UPSTREAM ? UPSTREAM_TO_CLIENT : CLIENT_TO_UPSTREAM;
    }
}
