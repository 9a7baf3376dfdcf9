package dev.sluice.runtime.transport;

/** A refusal of the operating system to open, bind, connect or accept. */
public final class TransportException extends Exception {
    private static final long serialVersionUID = 1;

    /** The kinds of refusal between which a caller can choose what to do; never taken from the words, which are in the user's language. */
    public enum Kind {
        /** The other end answers and says no (ECONNREFUSED). */
        REFUSED,
        /** The way to the peer is broken (ENETUNREACH, EHOSTUNREACH, a Unix socket's path that does not exist). */
        UNREACHABLE,
        /** The process is there and has no room for another connection to accept (EAGAIN from a Unix socket): worth another try soon. */
        BUSY,
        /** This process or machine has run out of descriptors (EMFILE, ENFILE): nothing more can be opened until one is closed. */
        DESCRIPTORS,
        /** No local port is left for this destination (EADDRNOTAVAIL from connect). */
        LOCAL_PORTS,
        /** Another socket is bound to the address (EADDRINUSE). */
        ADDRESS_IN_USE,
        /** The address to bind is none of this machine's (EADDRNOTAVAIL from bind). */
        ADDRESS_NOT_AVAILABLE,
        /** Something that is no socket is at the path of the Unix socket to bind, and was left alone. */
        NOT_A_SOCKET,
        /** The directory of the Unix socket to bind does not exist (ENOENT, ENOTDIR from bind). */
        NO_DIRECTORY,
        /** This user may not do it (EACCES, EPERM). */
        NOT_PERMITTED,
        /** This transport cannot do it, and another one can. */
        UNSUPPORTED,
        /** Anything else. */
        OTHER
    }

    private final Kind kind;

    /** Keeps the system's words, which are all that {@code cause} tells; the stack is always the same and is left out. */
    public TransportException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** The kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
