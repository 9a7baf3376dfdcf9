package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import dev.sluice.runtime.transport.nio.NioTransport;
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

    /** The socket's file, so that only the own one is removed; null for TCP. */
    private final UnixPaths.@Nullable Identity file;

    private AdminSocket(ServerSocketChannel channel, SocketAddress address, UnixPaths.@Nullable Identity file) {
        this.channel = channel;
        this.address = address;
        this.file = file;
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
        try {
            UnixPaths.free(UnixDomainSocketAddress.of(path), NioTransport::isRefused);
        } catch (TransportException e) {
            throw cannotListen("unix:" + path, new IOException(e.getMessage(), e));
        }
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
            UnixPaths.Identity file = UnixPaths.identity(UnixDomainSocketAddress.of(temporary));
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return new AdminSocket(channel, UnixDomainSocketAddress.of(path), file);
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
            if (address instanceof UnixDomainSocketAddress unix) {
                UnixPaths.remove(unix, file);
            }
        } catch (IOException e) {
            LOG.warn("admin: closing {} failed: {}", AddressText.of(address), e.toString());
        }
    }
}
