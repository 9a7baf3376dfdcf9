package dev.sluice.runtime.transport;

/** A refusal of the operating system to open, bind, connect or accept. */
public final class TransportException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * The kinds of refusal between which a caller can choose what to do; never derived from the message, which is in
     * the user's language.
     */
    public enum Kind {
        /** The peer's system refuses the connection (ECONNREFUSED). */
        REFUSED,
        /** The peer cannot be reached (ENETUNREACH, EHOSTUNREACH, a Unix socket's path that does not exist). */
        UNREACHABLE,
        /** The listening process has no room in its backlog (EAGAIN from a Unix socket): worth another try soon. */
        BUSY,
        /** This process or machine has run out of descriptors (EMFILE, ENFILE): nothing more can be opened until one is closed. */
        DESCRIPTORS,
        /** No local port is left for this destination (EADDRNOTAVAIL from connect). */
        LOCAL_PORTS,
        /** Another socket is bound to the address (EADDRINUSE). */
        ADDRESS_IN_USE,
        /** The address to bind does not belong to this machine (EADDRNOTAVAIL from bind). */
        ADDRESS_NOT_AVAILABLE,
        /** A file that is no socket is at the path of the Unix socket to bind, and was left alone. */
        NOT_A_SOCKET,
        /** The directory of the Unix socket to bind does not exist (ENOENT, ENOTDIR from bind). */
        NO_DIRECTORY,
        /** The user of this process lacks the permission (EACCES, EPERM). */
        NOT_PERMITTED,
        /** The option is not supported by this transport, but by another one. */
        UNSUPPORTED,
        /** Any other refusal. */
        OTHER
    }

    private final Kind kind;

    /** Keeps the system's message; the stack is always the same and is left out. */
    public TransportException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** The kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
