package dev.sluice.api;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What a filter says about a connection: at connect, or later by a {@link Suspension}. Immutable; {@link #accept()} allocates nothing.
 */
public final class ConnectDecision {
    /** The five answers. */
    public enum Kind {
        /** Go on, with the next filter. */
        ACCEPT("accept"),
        /** Close with a reset. */
        REJECT("reject"),
        /** Say nothing more to the client, and close after a while. */
        DROP("drop"),
        /** Go on, and to this cluster. */
        ROUTE("route"),
        /** The answer comes later. */
        PENDING("pending");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in metrics ({@code decision}). */
        public String label() {
            return label;
        }
    }

    private static final ConnectDecision ACCEPT = new ConnectDecision(Kind.ACCEPT, null, null);

    private final Kind kind;
    private final @Nullable String text;
    private final @Nullable Suspension suspension;

    private ConnectDecision(Kind kind, @Nullable String text, @Nullable Suspension suspension) {
        this.kind = kind;
        this.text = text;
        this.suspension = suspension;
    }

    /** Go on, with the next filter. */
    public static ConnectDecision accept() {
        return ACCEPT;
    }

    /**
     * Close the connection with a reset. An instance may be shared.
     *
     * @param reason for the access log ({@code detail}), in a few words: "not in the allow list"
     */
    public static ConnectDecision reject(String reason) {
        return new ConnectDecision(Kind.REJECT, Objects.requireNonNull(reason), null);
    }

    /**
     * Leave the client without an answer: nothing is read, nothing sent; the connection is closed after {@code timeouts.tarpit}. Costs a
     * descriptor until then, and a scanner its time.
     *
     * @param reason as with {@link #reject}
     */
    public static ConnectDecision drop(String reason) {
        return new ConnectDecision(Kind.DROP, Objects.requireNonNull(reason), null);
    }

    /**
     * Go on, and to this cluster, whatever the routes of the listener say; the last filter that routes wins.
     *
     * @param cluster a name of the configuration; if there is none of that name, the filter has failed
     */
    public static ConnectDecision route(String cluster) {
        return new ConnectDecision(Kind.ROUTE, Objects.requireNonNull(cluster), null);
    }

    /**
     * The answer comes later; nothing is read until then.
     *
     * @param suspension of {@link ConnectionContext#suspend}, in the same callback
     */
    public static ConnectDecision pending(Suspension suspension) {
        return new ConnectDecision(Kind.PENDING, null, Objects.requireNonNull(suspension));
    }

    /** Which answer this is. */
    public Kind kind() {
        return kind;
    }

    /** Why, of {@link Kind#REJECT} and {@link Kind#DROP}; otherwise null. */
    public @Nullable String reason() {
        return kind == Kind.ROUTE ? null : text;
    }

    /** Where to, of {@link Kind#ROUTE}; otherwise null. */
    public @Nullable String cluster() {
        return kind == Kind.ROUTE ? text : null;
    }

    /** Of {@link Kind#PENDING}; otherwise null. */
    public @Nullable Suspension suspension() {
        return suspension;
    }

    @Override
    public String toString() {
        return text == null ? kind.label() : kind.label() + " (" + text + ")";
    }
}
