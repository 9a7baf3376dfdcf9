package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.TransportException.Kind;

/** Errors of the C library, as exceptions. */
final class Errno {
    private Errno() {}

    /** @param negated a negative result of {@link Libc} */
    static TransportException of(long negated) {
        int errno = (int) -negated;
        return new TransportException(kind(errno), Libc.strerror(errno));
    }

    /**
     * Passes a result on if it is none of a failure.
     *
     * @throws TransportException if it is negative
     */
    static int check(int result) throws TransportException {
        if (result < 0) {
            throw of(result);
        }
        return result;
    }

    private static Kind kind(int errno) {
        return switch (errno) {
            case Linux.EMFILE, Linux.ENFILE -> Kind.DESCRIPTORS;
            case Linux.EADDRNOTAVAIL -> Kind.LOCAL_PORTS;
            case Linux.ENETUNREACH, Linux.EHOSTUNREACH, Linux.ENOENT, Linux.EAFNOSUPPORT -> Kind.UNREACHABLE;
            case Linux.ECONNREFUSED -> Kind.REFUSED;
            default -> Kind.OTHER;
        };
    }
}
