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
     * Passes on a result that is no failure.
     *
     * @throws TransportException if it is negative
     */
    static int check(int result) throws TransportException {
        if (result < 0) {
            throw of(result);
        }
        return result;
    }

    /** As {@link #check} for the result of bind(2), where three of the numbers have another meaning. */
    static void checkBind(int result) throws TransportException {
        switch (-result) {
            case Linux.EADDRNOTAVAIL -> throw new TransportException(Kind.ADDRESS_NOT_AVAILABLE,
                    Libc.strerror(-result));
            case Linux.ENOENT, Linux.ENOTDIR -> throw new TransportException(Kind.NO_DIRECTORY,
                    Libc.strerror(-result));
            default -> check(result);
        }
    }

    private static Kind kind(int errno) {
        return switch (errno) {
            case Linux.EMFILE, Linux.ENFILE -> Kind.DESCRIPTORS;
            case Linux.EADDRNOTAVAIL -> Kind.LOCAL_PORTS;
            case Linux.EADDRINUSE -> Kind.ADDRESS_IN_USE;
            case Linux.EACCES, Linux.EPERM -> Kind.NOT_PERMITTED;
            case Linux.ENETUNREACH, Linux.EHOSTUNREACH, Linux.ENOENT, Linux.EAFNOSUPPORT -> Kind.UNREACHABLE;
            case Linux.ECONNREFUSED -> Kind.REFUSED;
            // Of the calls checked here only connect returns this, for a Unix socket whose backlog is full: unix(7).
            case Linux.EAGAIN -> Kind.BUSY;
            default -> Kind.OTHER;
        };
    }
}
