package dev.sluice.runtime.transport;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * A listening socket. Owned by the thread of the poller that it is registered with; before that, by the thread that
 * bound it.
 */
public interface ServerSocket {
    /** The address it listens on, with the port that the system chose if 0 was asked for. */
    SocketAddress address();

    /**
     * Takes one completed connection, with the options that were given to {@link Transport#listen}, not yet registered.
     *
     * @return {@code null} when none is waiting
     * @throws TransportException when the system refuses; the listening socket stays usable
     */
    @Nullable
    StreamSocket accept() throws TransportException;

    /** Switches reports of new connections on or off. */
    void interest(boolean accept);

    /** Stops listening; a Unix socket's path is removed. Idempotent. */
    void close();
}
