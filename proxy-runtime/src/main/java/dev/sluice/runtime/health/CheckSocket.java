package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Locale;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The blocking socket of one TLS check: the only one of the runtime, since a check has no byte of a client and a thread of its own. One thread
 * uses it; {@link #close} is for any thread and ends what that thread waits for.
 *
 * <p>It closes with a reset, which leaves no TIME_WAIT behind, until {@link #finish} has been called. Unix sockets know no reset.
 */
final class CheckSocket implements AutoCloseable {
    /** The most bytes that {@link #finish} reads. */
    private static final int FAREWELL_BYTES = 64 * 1024;

    /** The pause before a Unix socket whose backlog is full is tried again. */
    private static final long BUSY_PAUSE_MILLIS = 20;

    private @Nullable SocketChannel channel;
    private boolean closed;

    /**
     * Connects. A Unix socket whose backlog is full is busy and not down: it is tried again until this is closed.
     *
     * @throws CheckException if the connect failed
     * @throws IOException if this was closed meanwhile
     */
    void connect(SocketAddress address) throws IOException, CheckException {
        while (!tryConnect(address)) {
            try {
                Thread.sleep(BUSY_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Connects once. @return whether it is connected; otherwise the peer is busy */
    private boolean tryConnect(SocketAddress address) throws IOException, CheckException {
        SocketChannel opened = open(address);
        try {
            if (!(address instanceof UnixDomainSocketAddress)) {
                opened.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            opened.connect(address);
            // A connect to a free port of this machine may be given just that port, and then meets itself.
            if (address.equals(opened.getLocalAddress())) {
                throw new CheckException(CheckResult.REFUSED, "connection refused: nothing listens there");
            }
            return true;
        } catch (IOException e) {
            if (isClosed()) {
                throw e;
            }
            opened.close();
            if (isBusy(address, e)) {
                return false;
            }
            throw failure(address, e);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new CheckException(CheckResult.UNREACHABLE,
                    "this machine does not support the address (" + e.getMessage() + ")");
        }
    }

    private SocketChannel open(SocketAddress address) throws IOException, CheckException {
        SocketChannel opened;
        try {
            opened = address instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : SocketChannel.open();
        } catch (IOException e) {
            throw new CheckException(CheckResult.RESOURCES, words(e));
        }
        synchronized (this) {
            channel = opened;
            if (!closed) {
                return opened;
            }
        }
        opened.close();
        throw new IOException("closed");
    }

    /** Whether a connect failed because a Unix socket has no room in its backlog. */
    static boolean isBusy(SocketAddress address, IOException e) {
        // The one other error of a Unix socket that exists is EAGAIN.
        return address instanceof UnixDomainSocketAddress unix && !(e instanceof ConnectException)
                && !(e instanceof BindException) && Files.exists(unix.getPath());
    }

    /** The failure of a connect. */
    static CheckException failure(SocketAddress address, IOException e) {
        boolean unix = address instanceof UnixDomainSocketAddress;
        return new CheckException(switch (e) {
            case NoRouteToHostException unreachable -> CheckResult.UNREACHABLE;
            case ConnectException refused -> CheckResult.REFUSED;
            // No local port is left; for Unix sockets the permission is missing.
            case BindException local when !unix -> CheckResult.RESOURCES;
            default -> CheckResult.UNREACHABLE;
        }, words(e));
    }

    /** The system's message as the end of a sentence. */
    static String words(IOException e) {
        String message = e.getMessage();
        return message == null || message.isEmpty()
                ? e.getClass().getSimpleName()
                : Printable.sentence(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized SocketChannel connected() throws IOException {
        if (channel == null || closed) {
            throw new IOException("closed");
        }
        return channel;
    }

    /** Sends all bytes. */
    void write(ByteBuffer bytes) throws IOException {
        SocketChannel connected = connected();
        while (bytes.hasRemaining()) {
            connected.write(bytes);
        }
    }

    /** Waits for bytes. @return −1 at the end of the stream */
    int read(ByteBuffer into) throws IOException {
        return connected().read(into);
    }

    /** Says goodbye: sends FIN, and waits until the peer closes as well, so that unread bytes cause no reset. */
    void finish(ByteBuffer scratch) throws IOException {
        SocketChannel connected = connected();
        if (!(connected.getRemoteAddress() instanceof UnixDomainSocketAddress)) {
            connected.setOption(StandardSocketOptions.SO_LINGER, -1);
        }
        connected.shutdownOutput();
        int left = FAREWELL_BYTES;
        while (left > 0) {
            scratch.clear();
            int read = connected.read(scratch);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    @Override
    public void close() {
        SocketChannel open;
        synchronized (this) {
            closed = true;
            open = channel;
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException gone) {
                // The descriptor is free whatever close returns.
            }
        }
    }
}
