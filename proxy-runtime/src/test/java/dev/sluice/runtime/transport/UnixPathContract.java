package dev.sluice.runtime.transport;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Paths of Unix sockets. A test of a transport extends this and says which one. */
public abstract class UnixPathContract extends TransportFixture {
    @Test
    void theFileOfAUnixSocketGoesWithItAndAStaleOneDoesNotStandInTheWay() throws Exception {
        Path path = directory.resolve("s");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        try (ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            crashed.bind(address);
        }
        assertTrue(Files.exists(path), "the JDK leaves the file behind");
        ServerSocket socket = transport().listen(address, 1, OPTIONS);
        assertThrows(TransportException.class, () -> transport().listen(address, 1, OPTIONS),
                "one that answers must be left alone");
        socket.close();
        assertTrue(Files.notExists(path));

        Files.writeString(path, "not a socket");
        assertThrows(TransportException.class, () -> transport().listen(address, 1, OPTIONS));
        assertEquals("not a socket", Files.readString(path));
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        TransportException failure = assertThrows(TransportException.class, () -> transport()
                .listen(UnixDomainSocketAddress.of(directory.resolve("none/s")), 1, OPTIONS));
        assertEquals(TransportException.Kind.NO_DIRECTORY, failure.kind(), failure.getMessage());
    }

    @Test
    void anEndpointWithoutAFileIsUnreachableAndOneWithoutAProcessRefuses() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        TransportException failure = assertThrows(TransportException.class,
                () -> poller().connect(address, OPTIONS, client));
        assertEquals(TransportException.Kind.UNREACHABLE, failure.kind(), failure.getMessage());
        try (ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            crashed.bind(address);
        }
        failure = assertThrows(TransportException.class, () -> poller().connect(address, OPTIONS, client));
        assertEquals(TransportException.Kind.REFUSED, failure.kind(), failure.getMessage());
    }
}
