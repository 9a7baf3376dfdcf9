package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.jspecify.annotations.Nullable;

/** The files that Unix sockets leave behind. */
final class UnixPaths {
    private UnixPaths() {}

    /** Removes the socket of a process that is gone, so that a restart after a crash can bind; one that answers is left alone. */
    static void removeStale(UnixDomainSocketAddress address) throws IOException {
        Path path = address.getPath();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || !isSocket(path)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Without waiting: the queue of a process that is alive may be full.
            probe.configureBlocking(false);
            probe.connect(address);
        } catch (ConnectException refused) {
            Files.delete(path);
        } catch (IOException undecided) {
            // Somebody may be there, only not answering now: bind will say that the address is in use.
        }
    }

    /** What tells the file of a socket from another one that was put in its place; {@code null} where the system does not tell. */
    static @Nullable Object identity(UnixDomainSocketAddress address) {
        try {
            return Files.readAttributes(address.getPath(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    /** Neither file, directory nor link: what is left for a path in a file system is a socket, a pipe or a device. */
    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }
}
