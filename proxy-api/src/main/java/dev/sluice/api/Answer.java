package dev.sluice.api;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Suspension}: a decision with its reason, route or last bytes. It carries them itself because
 * the code that completes a suspension has no {@link ConnectionContext} to say them to. Immutable and thread-safe; an
 * instance may be shared by connections.
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

    /** {@return the answer to go on with the next filter} */
    public static Answer accept() {
        return ACCEPT;
    }

    /**
     * Accepts and chooses the cluster; see {@link ConnectionContext#route}.
     *
     * @param cluster the name of a cluster in the configuration. An unknown name, or any name after the connection has
     *     been routed, is a failure of the filter
     * @return the answer
     */
    public static Answer route(String cluster) {
        return new Answer(ConnectDecision.ACCEPT, null, Objects.requireNonNull(cluster), null);
    }

    /**
     * Closes the connection with a reset.
     *
     * @param reason a few words for the access log ({@code detail}): "not in the allow list"
     * @return the answer
     */
    public static Answer reject(String reason) {
        return new Answer(ConnectDecision.REJECT, Objects.requireNonNull(reason), null, null);
    }

    /**
     * Sends the client some last bytes and closes the connection; see {@link ConnectionContext#sendLast}.
     *
     * @param reason as for {@link #reject(String)}
     * @param lastBytes at most {@link ConnectionContext#MAX_LAST_BYTES} bytes; copied
     * @return the answer
     * @throws IllegalArgumentException if there are too many bytes
     */
    public static Answer reject(String reason, byte[] lastBytes) {
        if (lastBytes.length > ConnectionContext.MAX_LAST_BYTES) {
            throw new IllegalArgumentException("last bytes: " + lastBytes.length + "; at most "
                    + ConnectionContext.MAX_LAST_BYTES + " are allowed");
        }
        return new Answer(ConnectDecision.REJECT, Objects.requireNonNull(reason), null, lastBytes.clone());
    }

    /**
     * Leaves the client without an answer until {@code timeouts.tarpit} has passed. A connection that has been routed
     * already is reset at once.
     *
     * @param reason as for {@link #reject(String)}
     * @return the answer
     */
    public static Answer tarpit(String reason) {
        return new Answer(ConnectDecision.TARPIT, Objects.requireNonNull(reason), null, null);
    }

    /** {@return the decision} Never {@link ConnectDecision#SUSPEND}. */
    public ConnectDecision decision() {
        return decision;
    }

    /**
     * {@return the reason of {@link ConnectDecision#REJECT} or {@link ConnectDecision#TARPIT}; null for other
     * decisions}
     */
    public @Nullable String reason() {
        return reason;
    }

    /** {@return the cluster chosen by {@link #route}; null if none was} */
    public @Nullable String cluster() {
        return cluster;
    }

    /** {@return a copy of the last bytes for the client; null if there are none} */
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
