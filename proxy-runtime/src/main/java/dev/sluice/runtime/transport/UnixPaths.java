package dev.sluice.runtime.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

import dev.sluice.runtime.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/** Files of Unix sockets, which stay behind when a process is killed. Any thread. */
public final class UnixPaths {
    /** The table of all Unix sockets of the network namespace: proc_net_unix(5). */
    private static final Path TABLE = Path.of("/proc/net/unix");
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    private static final int COLUMNS = 8;
    private static final int FLAGS = 3;
    private static final int STATE = 5;
    private static final int PATH = 7;
    /** __SO_ACCEPTCON: the flag of a socket that listens. */
    private static final int LISTENS = 0x10000;
    /** SS_UNCONNECTED. Accepted sockets, which have the path of their listener too, are in another state. */
    private static final String UNCONNECTED = "01";

    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFSOCK = 0140000;

    private UnixPaths() {}

    /** A non-blocking connect, by which a transport finds out whether a process listens. */
    public interface Probe {
        /** Whether a connect is refused. Any other answer, a failure too, may come from a process that listens. */
        boolean isRefused(UnixDomainSocketAddress address);
    }

    /**
     * The identity of a socket's file, which differs from that of a file put in its place, even with the same inode
     * number.
     *
     * @param key device and inode; {@code null} where the system does not show them
     */
    public record Identity(@Nullable Object key, FileTime created) {}

    /**
     * Makes a path free for a bind: removes the socket of a process that is gone, and nothing else.
     *
     * @throws TransportException when the path has a socket in use or another kind of file, which the message names
     */
    public static void free(UnixDomainSocketAddress address, Probe probe) throws TransportException {
        Path path = address.getPath();
        Identity found = identity(address);
        if (found == null) {
            return;
        }
        try {
            String kind = kindOf(path);
            if (kind != null) {
                throw new TransportException(Kind.NOT_A_SOCKET, path + " is " + kind + ", not a socket");
            }
            if (!probe.isRefused(address)) {
                throw new TransportException(Kind.ADDRESS_IN_USE, "another process listens there");
            }
            if (isBound(path)) {
                throw new TransportException(Kind.ADDRESS_IN_USE,
                        "another process has bound it, and does not listen yet");
            }
            if (found.equals(identity(address))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException stays) {
            // Then bind fails with EADDRINUSE.
        }
    }

    /** The address by the path that the file of a Unix socket really has, without symbolic links; any other address as it is. */
    public static SocketAddress real(SocketAddress address) {
        if (!(address instanceof UnixDomainSocketAddress unix)) {
            return address;
        }
        try {
            return UnixDomainSocketAddress.of(unix.getPath().toRealPath());
        } catch (IOException notThere) {
            return address;
        }
    }

    /** The file at the path of a socket, if there is one. */
    public static @Nullable Identity identity(UnixDomainSocketAddress address) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(address.getPath(), BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return new Identity(attributes.fileKey(), attributes.creationTime());
        } catch (IOException gone) {
            return null;
        }
    }

    /**
     * Removes the file of a socket that has been closed, unless another one is in its place.
     *
     * @param own of {@link #identity}, when the socket was bound
     */
    public static void remove(UnixDomainSocketAddress address, @Nullable Identity own) {
        if (own == null || !own.equals(identity(address))) {
            return;
        }
        try {
            Files.deleteIfExists(address.getPath());
        } catch (IOException e) {
            // A file that stays is recognised as stale by the next start.
        }
    }

    /** The kind of a file that is not a socket; {@code null} for a socket. */
    private static @Nullable String kindOf(Path path) throws IOException {
        int mode;
        try {
            mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException otherSystem) {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return attributes.isOther() ? null : "another kind of file";
        }
        return switch (mode & S_IFMT) {
            case S_IFSOCK -> null;
            case S_IFREG -> "a file";
            case S_IFDIR -> "a directory";
            case S_IFLNK -> "a symbolic link";
            case S_IFIFO -> "a FIFO";
            case S_IFCHR -> "a character device";
            case S_IFBLK -> "a block device";
            default -> "another kind of file";
        };
    }

    /**
     * Whether a socket is bound to the path although it refuses connects: it does not listen yet. Known only on Linux.
     */
    private static boolean isBound(Path path) throws IOException {
        if (!Files.isReadable(TABLE)) {
            return false;
        }
        try (BufferedReader table = new BufferedReader(new InputStreamReader(Files.newInputStream(TABLE), NAMES))) {
            for (String line = table.readLine(); line != null; line = table.readLine()) {
                String[] columns = line.split("\\s+", COLUMNS);
                if (columns.length == COLUMNS && columns[STATE].equals(UNCONNECTED)
                        && isSame(path, columns[PATH], (Integer.parseInt(columns[FLAGS], 16) & LISTENS) != 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSame(Path path, String bound, boolean listens) {
        if (bound.startsWith("@")) {
            return false;
        }
        Path other = Path.of(bound);
        if (!path.getFileName().equals(other.getFileName())) {
            return false;
        }
        if (!other.isAbsolute()) {
            // Relative to the directory of a process that is not known here. A socket that listens would have answered
            // the connect.
            return !listens;
        }
        if (listens) {
            // It would have answered the connect: what it is bound to is another file, which was removed from here.
            return false;
        }
        try {
            return Files.isSameFile(path, other);
        } catch (IOException elsewhere) {
            return false;
        }
    }
}
