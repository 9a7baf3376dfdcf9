package dev.sluice.runtime.tls;

import org.jspecify.annotations.Nullable;

/** A violation of TLS by the peer, or the alert by which the peer ended the connection. Without a stack trace: a flood of them is cheap. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable Alert alert;

    private TlsException(@Nullable Alert alert, String message) {
        super(message, null, false, false);
        this.alert = alert;
    }

    /**
     * A violation by the peer.
     *
     * @param alert the alert that it gets
     * @param message the violation, for the operator, without the peer's bytes
     */
    public static TlsException violation(Alert alert, String message) {
        return new TlsException(alert, message);
    }

    /** A fatal alert of the peer, which gets no answer. */
    public static TlsException received(int code) {
        return new TlsException(null, "the peer sent alert " + Alert.label(code));
    }

    /** The alert that is due to the peer; null = none, because it has sent one itself. */
    public @Nullable Alert alert() {
        return alert;
    }
}
