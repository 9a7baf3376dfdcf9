package dev.sluice.runtime.transport.nio;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Errors of channels, as exceptions. The JDK throws one type for several errors, and only the system's message tells
 * them apart. So the kind is derived from the call first, then from the type, then from the state of what the call was
 * about, and last from the message, as {@link SystemMessages} has learnt it. Any thread.
 */
final class IoErrors {
    /** The errors with the messages of this machine; created with the first transport, not on a loop. */
    static final IoErrors HERE = new IoErrors(SystemMessages.learn());

    private final SystemMessages known;

    IoErrors(SystemMessages known) {
        this.known = known;
    }

    /** The failure of opening a socket or accepting a connection. */
    TransportException opening(IOException e) {
        return failure(canOpen() ? Kind.OTHER : Kind.DESCRIPTORS, e);
    }

    /** The failure of bind or listen. */
    TransportException listening(SocketAddress address, IOException e) {
        return failure(ofListening(address, e), e);
    }

    /** The failure of a connect at once. */
    TransportException connecting(SocketAddress address, IOException e) {
        return failure(address instanceof UnixDomainSocketAddress unix ? ofUnixConnect(unix, e) : ofConnect(e), e);
    }

    /** The failure of a connect that was under way; only connects over IP take time. */
    TransportException finishingConnect(IOException e) {
        return failure(ofConnect(e), e);
    }

    /**
     * Whether a write met a reset that came after FIN: Linux reports that as EPIPE, and a reset without FIN before it
     * as ECONNRESET.
     */
    boolean isBrokenPipe(IOException e) {
        return known.brokenPipe() != null && known.brokenPipe().equals(e.getMessage());
    }

    /** The failure where the machine, or the JVM by java.net.preferIPv4Stack, has no IPv6. */
    static TransportException noSuchFamily(UnsupportedOperationException e) {
        return new TransportException(Kind.UNREACHABLE,
                "this machine does not support the address family (" + e.getMessage() + ")");
    }

    private static TransportException failure(Kind kind, IOException e) {
        return new TransportException(kind,
                Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
    }

    private Kind ofListening(SocketAddress address, IOException e) {
        if (address instanceof UnixDomainSocketAddress unix && !hasDirectory(unix.getPath())) {
            return Kind.NO_DIRECTORY;
        }
        if (!(e instanceof BindException)) {
            return canOpen() ? Kind.OTHER : Kind.DESCRIPTORS;
        }
        if (says(e, known.inUse())) {
            return Kind.ADDRESS_IN_USE;
        }
        if (says(e, known.notAvailable())) {
            return Kind.ADDRESS_NOT_AVAILABLE;
        }
        return says(e, known.notPermitted()) ? Kind.NOT_PERMITTED : Kind.OTHER;
    }

    private Kind ofUnixConnect(UnixDomainSocketAddress address, IOException e) {
        if (e instanceof ConnectException) {
            return Kind.REFUSED;
        }
        if (e instanceof BindException) {
            return Kind.NOT_PERMITTED;
        }
        if (Files.notExists(address.getPath())) {
            return Kind.UNREACHABLE;
        }
        // The remaining cause is EAGAIN, unless the socket is of another kind.
        return canOpen() ? Kind.BUSY : Kind.DESCRIPTORS;
    }

    private Kind ofConnect(IOException e) {
        if (e instanceof NoRouteToHostException || says(e, known.unreachable())) {
            return Kind.UNREACHABLE;
        }
        if (e instanceof ConnectException) {
            // The other errors of this type are timeouts of the system.
            return known.refused() == null || says(e, known.refused()) ? Kind.REFUSED : Kind.OTHER;
        }
        if (e instanceof BindException) {
            return says(e, known.notPermitted()) ? Kind.NOT_PERMITTED : Kind.LOCAL_PORTS;
        }
        return canOpen() ? Kind.OTHER : Kind.DESCRIPTORS;
    }

    private static boolean says(IOException e, @Nullable String message) {
        return message != null && message.equals(e.getMessage());
    }

    private static boolean hasDirectory(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null || Files.isDirectory(parent);
    }

    /** Whether the process and the machine have a descriptor left. */
    private static boolean canOpen() {
        try (DatagramChannel unbound = DatagramChannel.open()) {
            return unbound.isOpen();
        } catch (IOException none) {
            return false;
        }
    }

    static void closeQuietly(@Nullable Closeable channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone whatever close returns, and nothing is left to do.
            }
        }
    }
}
