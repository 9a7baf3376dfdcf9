package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening socket that operators connect to: a port, or a Unix socket of mode 0600 whose file is removed with it.
 * Closing is for any thread.
 */
final class AdminSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

    /**
     * The backlog: a burst of a thousand connects must not make the kernel drop that of the operator, who would wait a
     * second for its repetition.
     */
    private static final int BACKLOG = 1024;

    /** The longest path in {@code sockaddr_un} on Linux, without the final zero. */
    private static final int MAX_PATH_BYTES = 107;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    /** The longest directory, which leaves room for the temporary directory beside the socket. */
    private static final int MAX_DIRECTORY_BYTES = MAX_PATH_BYTES - "/.a12345678901234567890/s".length();

    private final ServerSocketChannel channel;
    private final SocketAddress address;

    /** The identity of the socket's file, so that no other file is removed; null for TCP. */
    private final UnixPaths.@Nullable Identity file;

    private AdminSocket(ServerSocketChannel channel, SocketAddress address, UnixPaths.@Nullable Identity file) {
        this.channel = channel;
        this.address = address;
        this.file = file;
    }

    /**
     * Binds the socket.
     *
     * @param guarded whether requests need a token, so that other machines may reach the address
     * @param leaving a socket that is closed soon, whose port is free for this one; null = there is none
     * @throws IllegalArgumentException if the address cannot be used, or other machines can reach it and must not
     * @throws IOException if the address cannot be used; the message has the reason and what to do
     */
    static AdminSocket open(SocketAddress listen, boolean guarded, @Nullable AdminSocket leaving) throws IOException {
        check(listen, guarded);
        return listen instanceof UnixDomainSocketAddress unix
                ? openUnix(unix.getPath().toAbsolutePath())
                : openTcp((InetSocketAddress) listen, leaving);
    }

    /** Refuses an address that other machines can reach without a token. */
    static void check(SocketAddress listen, boolean guarded) {
        boolean usable = listen instanceof UnixDomainSocketAddress
                || (listen instanceof InetSocketAddress inet && inet.getAddress() != null
                        && (guarded || inet.getAddress().isLoopbackAddress()));
        if (!usable) {
            throw new IllegalArgumentException("admin.listen is " + AddressText.of(listen)
                    + "; allowed: a loopback address such as 127.0.0.1:9901 or [::1]:9901, or unix:/path; with a token"
                    + " any address");
        }
    }

    private static AdminSocket openTcp(InetSocketAddress listen, @Nullable AdminSocket leaving) throws IOException {
        try {
            ServerSocketChannel channel;
            try {
                channel = bind(listen, false);
            } catch (BindException e) {
                if (leaving == null || !leaving.hasPortOf(listen)) {
                    throw e;
                }
                channel = bindBeside(leaving.channel, listen, e);
            }
            return new AdminSocket(channel, channel.getLocalAddress(), null);
        } catch (IOException e) {
            throw cannotListen(AddressText.of(listen), FileErrors.reason(e), adviceForTcp(listen, e), e);
        }
    }

    /** @param shared whether another socket has the port, which lets it be shared for this moment */
    private static ServerSocketChannel bind(InetSocketAddress listen, boolean shared) throws IOException {
        // Otherwise 0.0.0.0 would mean IPv6, too.
        ServerSocketChannel channel = ServerSocketChannel.open(listen.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET);
        try {
            if (shared) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.bind(listen, BACKLOG);
            if (shared) {
                // Only for this moment: no other process is to share the port by accident.
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, false);
            }
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ServerSocketChannel bindBeside(ServerSocketChannel leaving, InetSocketAddress listen,
            BindException refusal) throws IOException {
        try {
            leaving.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        } catch (UnsupportedOperationException notHere) {
            throw refusal;
        }
        ServerSocketChannel channel;
        try {
            channel = bind(listen, true);
        } catch (IOException e) {
            leaving.setOption(StandardSocketOptions.SO_REUSEPORT, false);
            throw e;
        }
        try {
            leaving.setOption(StandardSocketOptions.SO_REUSEPORT, false);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    private boolean hasPortOf(InetSocketAddress other) {
        return channel.isOpen() && address instanceof InetSocketAddress inet && inet.getPort() == other.getPort();
    }

    private static AdminSocket openUnix(Path path) throws IOException {
        Path parent = Objects.requireNonNull(path.getParent(), "a path of a file");
        if (bytes(path) > MAX_PATH_BYTES || bytes(parent) > MAX_DIRECTORY_BYTES) {
            throw cannotListen("unix:" + path,
                    "the path is too long for a Unix socket; allowed: " + MAX_PATH_BYTES + " bytes, "
                            + MAX_DIRECTORY_BYTES + " of them for the directory",
                    "Choose a shorter path for admin.listen.", null);
        }
        try {
            UnixPaths.free(UnixDomainSocketAddress.of(path), NioTransport::isRefused);
        } catch (TransportException e) {
            throw cannotListen("unix:" + path, String.valueOf(e.getMessage()),
                    e.kind() == TransportException.Kind.NOT_A_SOCKET
                            ? "The file was left alone: change admin.listen."
                            : "Stop that process, or change admin.listen.",
                    e);
        }
        // The file is created in a directory that no other user can enter, and moved when it has its mode: other users
        // can connect to it at no moment.
        Path directory;
        try {
            directory = Files.createTempDirectory(parent, ".a");
        } catch (IOException e) {
            throw cannotListen("unix:" + path, "cannot create a file in " + parent + ": " + FileErrors.reason(e),
                    "Create the directory, or give this user the right to write there.", e);
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
            throw cannotListen("unix:" + path, FileErrors.reason(e),
                    "Choose a path where this user can create a Unix socket.", e);
        } finally {
            Files.deleteIfExists(directory);
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static String adviceForTcp(InetSocketAddress listen, IOException failure) {
        if (!(failure instanceof BindException)) {
            return "Correct that, or change admin.listen.";
        }
        boolean privileged = listen.getPort() > 0 && listen.getPort() < FIRST_UNPRIVILEGED_PORT;
        return "Stop the process that listens there, or change admin.listen."
                + (privileged ? " Ports below 1024 need root or CAP_NET_BIND_SERVICE." : "");
    }

    private static IOException cannotListen(String address, String reason, String advice, @Nullable Exception cause) {
        BindException failure = new BindException("admin: cannot listen on " + address + ": " + reason + ". " + advice);
        failure.initCause(cause);
        return failure;
    }

    /** The listening channel, non-blocking. */
    ServerSocketChannel channel() {
        return channel;
    }

    /** The address it listens on, with the port that was bound. */
    SocketAddress address() {
        return address;
    }

    /** Whether the file of a Unix socket is there and its own; true for a port. */
    boolean isInPlace() {
        return !(address instanceof UnixDomainSocketAddress unix)
                || file == null || file.equals(UnixPaths.identity(unix));
    }

    /** An address at which this machine reaches it: a wildcard address is none to connect to. */
    SocketAddress reachable() {
        if (!(address instanceof InetSocketAddress inet) || !inet.getAddress().isAnyLocalAddress()) {
            return address;
        }
        String loopback = inet.getAddress() instanceof Inet6Address ? "::1" : "127.0.0.1";
        return new InetSocketAddress(InetAddress.ofLiteral(loopback), inet.getPort());
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
