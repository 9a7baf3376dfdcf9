package dev.sluice.runtime.transport;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/** A listening socket. Owned by the thread of the poller that it is registered with; before that, by whoever bound it. */
public interface ServerSocket {
    /** Where it listens; with the port that the system chose if 0 was asked for. */
    SocketAddress address();

    /**
     * Takes one completed connection, with the options that were given to {@link Transport#listen}, not registered anywhere yet.
     *
     * @return {@code null} when none is waiting
     * @throws TransportException when the system refuses; the listening socket stays usable
     */
    @Nullable
    StreamSocket accept() throws TransportException;

    /** Whether the handler wants to be told about connections. */
    void interest(boolean accept);

    /** Stops listening; a Unix socket's path is removed. Idempotent. */
    void close();
}
