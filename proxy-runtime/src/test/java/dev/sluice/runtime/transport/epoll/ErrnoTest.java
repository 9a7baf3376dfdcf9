package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@EnabledOnOs(OS.LINUX)
class ErrnoTest {
    @Test
    void aNumberHasItsKindWhateverItsWords() {
        assertEquals(Kind.REFUSED, Errno.of(-Linux.ECONNREFUSED).kind());
        assertEquals(Kind.DESCRIPTORS, Errno.of(-Linux.EMFILE).kind());
        assertEquals(Kind.DESCRIPTORS, Errno.of(-Linux.ENFILE).kind());
        assertEquals(Kind.NOT_PERMITTED, Errno.of(-Linux.EACCES).kind());
        assertEquals(Kind.NOT_PERMITTED, Errno.of(-Linux.EPERM).kind());
        assertEquals(Kind.ADDRESS_IN_USE, Errno.of(-Linux.EADDRINUSE).kind());
        assertEquals(Kind.UNREACHABLE, Errno.of(-Linux.EHOSTUNREACH).kind());
        assertEquals(Kind.OTHER, Errno.of(-Linux.EINVAL).kind());
    }

    @Test
    void bindMeansSomethingElseThanConnectBySomeNumbers() {
        assertEquals(Kind.LOCAL_PORTS, Errno.of(-Linux.EADDRNOTAVAIL).kind());
        assertEquals(Kind.ADDRESS_NOT_AVAILABLE, bindFailure(Linux.EADDRNOTAVAIL).kind());
        assertEquals(Kind.UNREACHABLE, Errno.of(-Linux.ENOENT).kind());
        assertEquals(Kind.NO_DIRECTORY, bindFailure(Linux.ENOENT).kind());
        assertEquals(Kind.ADDRESS_IN_USE, bindFailure(Linux.EADDRINUSE).kind());
    }

    private static TransportException bindFailure(int errno) {
        return assertThrows(TransportException.class, () -> Errno.checkBind(-errno));
    }
}
