package dev.sluice.runtime.transport;

/** The operating system refused to open, bind, connect or accept. */
public final class TransportException extends Exception {
    private static final long serialVersionUID = 1;

    /** What a caller can do about it. */
    public enum Kind {
        /** Somebody is there and says no (ECONNREFUSED). */
        REFUSED,
        /** The way to the peer is broken (ENETUNREACH, EHOSTUNREACH, a Unix socket's path that does not exist). */
        UNREACHABLE,
        /** This process or machine has run out of descriptors (EMFILE, ENFILE): nothing more can be opened until one is closed. */
        DESCRIPTORS,
        /** No local port is left for this destination (EADDRNOTAVAIL). */
        LOCAL_PORTS,
        /** Anything else. */
        OTHER
    }

    private final Kind kind;

    /** Keeps the system's words, which are all that {@code cause} tells; the stack is always the same and is left out. */
    public TransportException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** Which kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
