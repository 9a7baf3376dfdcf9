package dev.sluice.api;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Suspension}: a decision together with what the verbs of {@link ConnectionContext} say in a callback, as whoever completes
 * a suspension has no context. Immutable and thread-safe; an instance may be shared.
 */
public final class Answer {
    private static final Answer ACCEPT = new Answer(ConnectDecision.ACCEPT, null, null, null);

    private final ConnectDecision decision;
    private final @Nullable String reason;
    private final @Nullable String cluster;
    private final byte @Nullable [] lastBytes;

    private Answer(ConnectDecision decision, @Nullable String reason, @Nullable String cluster,
            byte @Nullable [] lastBytes) {
        this.decision = decision;
        this.reason = reason;
        this.cluster = cluster;
        this.lastBytes = lastBytes;
    }

    /** Go on, with the next filter. */
    public static Answer accept() {
        return ACCEPT;
    }

    /**
     * Go on, and to this cluster; see {@link ConnectionContext#route}.
     *
     * @param cluster a name of the configuration; an unknown name, or any after the connection has been routed, is a failure of the filter
     */
    public static Answer route(String cluster) {
        return new Answer(ConnectDecision.ACCEPT, null, Objects.requireNonNull(cluster), null);
    }

    /**
     * Close the connection with a reset.
     *
     * @param reason for the access log ({@code detail}), in a few words: "not in the allow list"
     */
    public static Answer reject(String reason) {
        return new Answer(ConnectDecision.REJECT, Objects.requireNonNull(reason), null, null);
    }

    /**
     * Close the connection behind some last bytes; see {@link ConnectionContext#sendLast}.
     *
     * @param reason as with {@link #reject(String)}
     * @param lastBytes at most {@link ConnectionContext#MAX_LAST_BYTES}; copied
     * @throws IllegalArgumentException if there are more
     */
    public static Answer reject(String reason, byte[] lastBytes) {
        if (lastBytes.length > ConnectionContext.MAX_LAST_BYTES) {
            throw new IllegalArgumentException("last bytes: " + lastBytes.length + "; at most "
                    + ConnectionContext.MAX_LAST_BYTES + " are allowed");
        }
        return new Answer(ConnectDecision.REJECT, Objects.requireNonNull(reason), null, lastBytes.clone());
    }

    /**
     * Leave the client without an answer until {@code timeouts.tarpit} has passed. A connection that has been routed already is reset at once.
     *
     * @param reason as with {@link #reject(String)}
     */
    public static Answer tarpit(String reason) {
        return new Answer(ConnectDecision.TARPIT, Objects.requireNonNull(reason), null, null);
    }

    /** The decision; never {@link ConnectDecision#SUSPEND}. */
    public ConnectDecision decision() {
        return decision;
    }

    /** The reason, of {@link ConnectDecision#REJECT} and {@link ConnectDecision#TARPIT}; otherwise null. */
    public @Nullable String reason() {
        return reason;
    }

    /** The cluster of {@link #route}; otherwise null. */
    public @Nullable String cluster() {
        return cluster;
    }

    /**
     * The last bytes for the client; null if there are none.
     *
     * @return a copy
     */
    public byte @Nullable [] lastBytes() {
        return lastBytes == null ? null : lastBytes.clone();
    }

    @Override
    public String toString() {
        if (cluster != null) {
            return "route (" + cluster + ")";
        }
        return reason == null ? decision.label() : decision.label() + " (" + reason + ")";
    }
}
