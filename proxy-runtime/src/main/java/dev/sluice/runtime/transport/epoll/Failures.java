package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.SocketFailure.Kind;

/** What an errno means to a caller. */
final class Failures {
    private Failures() {}

    /** @param negated a negative result of {@link Libc} */
    static SocketFailure of(long negated) {
        int errno = (int) -negated;
        return new SocketFailure(kind(errno), Libc.strerror(errno));
    }

    /**
     * Passes a result on if it is none of a failure.
     *
     * @throws SocketFailure if it is negative
     */
    static int check(int result) throws SocketFailure {
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
