package dev.sluice.runtime.transport;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
        ServerSocket socket = listen(address, 1);
        TransportException failure = assertThrows(TransportException.class,
                () -> listen(address, 1), "one that answers must be left alone");
        assertEquals(TransportException.Kind.ADDRESS_IN_USE, failure.kind());
        socket.close();
        assertTrue(Files.notExists(path));
    }

    /** No data, pipe or device is removed because of a mistyped path. */
    @ParameterizedTest
    @ValueSource(strings = {"a file", "a directory", "a symbolic link", "a FIFO", "a character device"})
    void somethingElseAtThePathIsNamedAndLeftAlone(String kind) throws Exception {
        Path path = directory.resolve("s");
        switch (kind) {
            case "a file" -> Files.writeString(path, "precious");
            case "a directory" -> Files.createDirectory(path);
            case "a symbolic link" ->
                Files.createSymbolicLink(path, Files.writeString(directory.resolve("target"), "precious"));
            case "a FIFO" -> run("mkfifo", path.toString());
            default -> assumeTrue(run("mknod", path.toString(), "c", "1", "3"), "only root may make a device");
        }
        Object before = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        TransportException failure = assertThrows(TransportException.class,
                () -> listen(UnixDomainSocketAddress.of(path), 1));
        assertEquals(TransportException.Kind.NOT_A_SOCKET, failure.kind());
        assertEquals(path + " is " + kind + ", not a socket", failure.getMessage());
        assertEquals(before,
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
        if (Files.isRegularFile(path)) {
            assertEquals("precious", Files.readString(path));
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start().waitFor() == 0;
    }

    /** It refuses connects as a stale one does. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aSocketThatIsBoundAndDoesNotListenYetIsLeftAlone() throws Exception {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path path = Files.createSymbolicLink(directory.resolve("other"), real).resolve("s");
        try (SocketChannel bound = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(real.resolve("s")));
            TransportException failure = assertThrows(TransportException.class,
                    () -> listen(UnixDomainSocketAddress.of(path), 1));
            assertEquals(TransportException.Kind.ADDRESS_IN_USE, failure.kind());
            assertTrue(Files.exists(path));
        }
        listen(UnixDomainSocketAddress.of(path), 1).close();
    }

    @Test
    void closeLeavesTheSocketOfASuccessorAlone() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        ServerSocket first = listen(address, 1);
        Files.delete(address.getPath());
        // Which may well get the number of the inode that has just become free.
        ServerSocket second = listen(address, 1);
        first.close();
        assertTrue(Files.exists(address.getPath()));
        second.close();
        assertTrue(Files.notExists(address.getPath()));
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        TransportException failure = assertThrows(TransportException.class,
                () -> listen(UnixDomainSocketAddress.of(directory.resolve("none/s")), 1));
        assertEquals(TransportException.Kind.NO_DIRECTORY, failure.kind(), failure.getMessage());
    }

    /** The process is there: it must not be taken for dead. */
    @Test
    void aFullBacklogIsBusyAndNoRefusal() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel full = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            full.bind(address, 1);
            TransportException failure = assertThrows(TransportException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    poller().connect(address, OPTIONS, client);
                }
            });
            assertEquals(TransportException.Kind.BUSY, failure.kind(), failure.getMessage());
        }
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
