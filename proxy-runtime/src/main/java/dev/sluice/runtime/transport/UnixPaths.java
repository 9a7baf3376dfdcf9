package dev.sluice.runtime.transport;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** The files that Unix sockets leave behind, for transports. Any thread. */
public final class UnixPaths {
    private UnixPaths() {}

    /** How a transport finds out whether somebody listens, without waiting. */
    public interface Probe {
        /** Whether a connect is refused. Any other answer, a failure too, may come from somebody who is there. */
        boolean isRefused(UnixDomainSocketAddress address);
    }

    /** Removes the socket of a process that is gone, so that a restart after a crash can bind; one that answers is left alone. */
    public static void removeStale(UnixDomainSocketAddress address, Probe probe) {
        Path path = address.getPath();
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && isSocket(path) && probe.isRefused(address)) {
                Files.delete(path);
            }
        } catch (IOException stays) {
            // Then bind says that the address is in use.
        }
    }

    /** What tells the file of a socket from another one that was put in its place; {@code null} where the system does not tell. */
    public static @Nullable Object identity(UnixDomainSocketAddress address) {
        try {
            return Files.readAttributes(address.getPath(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    /**
     * Removes the file of a socket that has been closed, unless another process has put its own there meanwhile.
     *
     * @param identity of {@link #identity}, when the socket was bound
     */
    public static void remove(UnixDomainSocketAddress address, @Nullable Object identity) {
        if (!Objects.equals(identity, identity(address))) {
            return;
        }
        try {
            Files.deleteIfExists(address.getPath());
        } catch (IOException e) {
            // A file that stays is recognised as stale by the next start.
        }
    }

    /** Neither file, directory nor link: what is left for a path in a file system is a socket, a pipe or a device. */
    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }
}
