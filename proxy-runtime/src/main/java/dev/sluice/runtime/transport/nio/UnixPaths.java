package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

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
            probe.connect(address);
        } catch (ConnectException refused) {
            Files.delete(path);
        } catch (IOException undecided) {
            // Somebody may be there, only not answering now: bind will say that the address is in use.
        }
    }

    /** Neither file, directory nor link: what is left for a path in a file system is a socket, a pipe or a device. */
    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }
}
