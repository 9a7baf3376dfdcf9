package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening socket that operators connect to: a loopback port, or a Unix socket of mode 0600 whose file disappears with it. Closing is
 * for any thread.
 */
final class AdminSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

    /** A burst of a thousand connects must not make the kernel drop the one of the operator, who would wait a second for its repetition. */
    private static final int BACKLOG = 1024;

    /** What {@code sockaddr_un} has room for on Linux, less the final zero. */
    private static final int MAX_PATH_BYTES = 107;

    /** Leaves room for the temporary directory beside the socket. */
    private static final int MAX_DIRECTORY_BYTES = MAX_PATH_BYTES - "/.a12345678901234567890/s".length();

    private final ServerSocketChannel channel;
    private final SocketAddress address;

    /** Identifies the socket file, so that only the own one is removed; null for TCP. */
    private final @Nullable Object fileKey;

    private AdminSocket(ServerSocketChannel channel, SocketAddress address, @Nullable Object fileKey) {
        this.channel = channel;
        this.address = address;
        this.fileKey = fileKey;
    }

    /**
     * Listens.
     *
     * @throws IllegalArgumentException if the address is not a loopback address or Unix path
     * @throws IOException if something listens there already, or the path cannot be used
     */
    static AdminSocket open(SocketAddress listen) throws IOException {
        if (listen instanceof UnixDomainSocketAddress unix) {
            return openUnix(unix.getPath().toAbsolutePath());
        }
        if (listen instanceof InetSocketAddress inet && inet.getAddress() != null
                && inet.getAddress().isLoopbackAddress()) {
            return openTcp(inet);
        }
        throw new IllegalArgumentException("admin.listen is " + AddressText.of(listen)
                + "; allowed: a loopback address such as 127.0.0.1:9901 or [::1]:9901, or unix:/path");
    }

    private static AdminSocket openTcp(InetSocketAddress listen) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(listen, BACKLOG);
            channel.configureBlocking(false);
            return new AdminSocket(channel, channel.getLocalAddress(), null);
        } catch (IOException e) {
            channel.close();
            throw cannotListen(AddressText.of(listen), e);
        }
    }

    private static AdminSocket openUnix(Path path) throws IOException {
        Path parent = Objects.requireNonNull(path.getParent(), "a path of a file");
        if (bytes(path) > MAX_PATH_BYTES || bytes(parent) > MAX_DIRECTORY_BYTES) {
            throw cannotListen(
                    "unix:" + path,
                    new IOException(
                            "the path is too long for a Unix socket; allowed: " + MAX_PATH_BYTES + " bytes, "
                                    + MAX_DIRECTORY_BYTES + " of them for the directory"));
        }
        removeStale(path);
        // The file is made where nobody else can enter and moved when it has its mode: at no moment can others connect to it.
        Path directory;
        try {
            directory = Files.createTempDirectory(parent, ".a");
        } catch (IOException e) {
            throw cannotListen("unix:" + path, new IOException("cannot create a file in " + parent + ": " + e, e));
        }
        Path temporary = directory.resolve("s");
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(temporary), BACKLOG);
            channel.configureBlocking(false);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            Object fileKey = Files.readAttributes(temporary, BasicFileAttributes.class).fileKey();
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return new AdminSocket(channel, UnixDomainSocketAddress.of(path), fileKey);
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(temporary);
            throw cannotListen("unix:" + path, e);
        } finally {
            Files.deleteIfExists(directory);
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Removes what a killed process left, and nothing else. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw cannotListen("unix:" + path,
                    new IOException("there is a file of this name that is no socket; it was left alone"));
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Not blocking: a process that hangs with a full backlog is somebody too.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            LOG.info("admin: removing {}, which nobody listens on", path);
            Files.deleteIfExists(path);
            return;
        } catch (IOException e) {
            LOG.debug("admin: {} did not refuse", path, e);
        }
        throw cannotListen("unix:" + path, new BindException("another process listens there"));
    }

    private static IOException cannotListen(String address, IOException cause) {
        BindException failure = new BindException(
                "admin cannot listen on " + address + ": " + cause.getMessage()
                        + "; stop what is there or change admin.listen");
        failure.initCause(cause);
        return failure;
    }

    /** The listening channel, non-blocking. */
    ServerSocketChannel channel() {
        return channel;
    }

    /** Where it really listens. */
    SocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (address instanceof UnixDomainSocketAddress unix && isOwn(unix.getPath())) {
                Files.deleteIfExists(unix.getPath());
            }
        } catch (IOException e) {
            LOG.warn("admin: closing {} failed: {}", AddressText.of(address), e.toString());
        }
    }

    private boolean isOwn(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Objects.equals(
                        fileKey,
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
    }
}
