package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class AdminSocketTest {
    @TempDir
    private Path directory;

    private static AdminServer start(SocketAddress listen) throws IOException {
        TestingProxyView view = TestingProxyView.ready();
        return AdminServer.start(listen, null, TestingParts.of(view, new TestingCommands()));
    }

    @Test
    void theSocketFileIsForTheOwnerOnlyAndGoesWithTheServer() throws IOException {
        Path path = directory.resolve("admin.sock");
        try (AdminServer server = start(UnixDomainSocketAddress.of(path))) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertEquals(UnixDomainSocketAddress.of(path), server.address());
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
            assertEquals(1, entries(), "no temporary directory is left");
        }
        assertEquals(0, entries());
    }

    @Test
    void aFileThatNobodyListensOnIsReplaced() throws IOException {
        Path path = directory.resolve("admin.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
        try (AdminServer server = start(UnixDomainSocketAddress.of(path))) {
            assertEquals(200, TestingHttp.get(server.address(), "/live").status());
        }
    }

    @Test
    void aFileThatSomebodyListensOnIsLeftAlone() throws IOException {
        Path path = directory.resolve("admin.sock");
        try (AdminServer first = start(UnixDomainSocketAddress.of(path))) {
            BindException refused = assertThrows(BindException.class, () -> start(UnixDomainSocketAddress.of(path)));
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("another process listens there"),
                    refused.getMessage());
            assertEquals(200, TestingHttp.get(first.address(), "/live").status());
        }
    }

    @Test
    void aProcessThatHangsWithAFullBacklogIsSomebodyToo() throws IOException {
        Path path = directory.resolve("admin.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(address, 1);
            for (int i = 0; i < 8; i++) {
                assertThrows(BindException.class, () -> start(address));
            }
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path path = Files.writeString(directory.resolve("precious"), "data");
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        for (Path victim : new Path[]{path, link, directory}) {
            BindException refused = assertThrows(BindException.class, () -> start(UnixDomainSocketAddress.of(victim)));
            assertTrue(String.valueOf(refused.getMessage()).contains(", not a socket"), refused.getMessage());
        }
        assertArrayEquals("data".getBytes(java.nio.charset.StandardCharsets.UTF_8), Files.readAllBytes(path));
        assertTrue(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void closeLeavesTheFileOfASuccessorAlone() throws IOException {
        Path path = directory.resolve("admin.sock");
        AdminServer first = start(UnixDomainSocketAddress.of(path));
        Files.delete(path);
        try (AdminServer second = start(UnixDomainSocketAddress.of(path))) {
            first.close();
            assertTrue(Files.exists(path));
            assertEquals(200, TestingHttp.get(second.address(), "/live").status());
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithItsLimit() throws IOException {
        Path path = directory.resolve("x".repeat(100));
        BindException refused = assertThrows(BindException.class, () -> start(UnixDomainSocketAddress.of(path)));
        assertTrue(String.valueOf(refused.getMessage()).contains("too long"), refused.getMessage());
        assertEquals(0, entries());
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        Path path = directory.resolve("no/admin.sock");
        BindException refused = assertThrows(BindException.class, () -> start(UnixDomainSocketAddress.of(path)));
        assertEquals("admin: cannot listen on unix:" + path + ": cannot create a file in " + path.getParent()
                + ": no such file or directory. Create the directory, or give this user the right to write there.",
                refused.getMessage());
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (AdminServer first = start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            BindException refused = assertThrows(BindException.class, () -> start(first.address()));
            String port = ":" + ((InetSocketAddress) first.address()).getPort();
            assertTrue(String.valueOf(refused.getMessage()).contains(port), refused.getMessage());
            assertTrue(String.valueOf(refused.getMessage()).contains("change admin.listen"), refused.getMessage());
        }
    }

    @Test
    void ipv6LoopbackIsServed() throws IOException {
        try (AdminServer server = start(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0))) {
            assertEquals(200, TestingHttp.send(server.address(), "GET", "/live", "Host: [::1]:1").status());
        }
    }

    @Test
    void addressesThatAreNotLoopbackAreRefused() throws IOException {
        for (SocketAddress address : new SocketAddress[]{
            new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
            new InetSocketAddress(InetAddress.ofLiteral("::"), 0),
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0),
            InetSocketAddress.createUnresolved("localhost", 0)}) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> start(address));
            assertTrue(String.valueOf(refused.getMessage()).contains("allowed: a loopback address"),
                    refused.getMessage());
        }
    }

    private long entries() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
