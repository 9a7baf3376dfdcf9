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

    /** Switches reports of new connections on or off; off at first. */
    void interest(boolean accept);

    /**
     * Changes the backlog, and the options of connections that arrive from now on; {@code ipv6Only} cannot be changed.
     *
     * @throws TransportException {@link TransportException.Kind#UNSUPPORTED} for a backlog that this transport cannot change;
     *     nothing has changed then
     */
    void configure(ListenOptions options) throws TransportException;

    /**
     * Whether another socket of this process may be bound beside this one (SO_REUSEPORT), so that a listener can move
     * between a wildcard and one of its addresses. To be switched off again after the bind: two processes must not share
     * a port by mistake.
     */
    void shared(boolean share) throws TransportException;

    /**
     * Lets no further handshake begin, so that the backlog can be emptied and no client is reset: a client that comes now
     * sends its SYN again, to the socket that listens there then. Cannot be undone.
     *
     * @return false where the transport or the kind of socket does not allow it, and nothing has changed
     */
    boolean refuseHandshakes();

    /** Whether the address still leads here: false for a Unix socket whose file was removed or replaced. */
    boolean isInPlace();

    /**
     * Whether the socket belongs to the one that started this process: {@link #close} ends the accepting only, and clients wait
     * for the next one that accepts.
     */
    boolean isPassedIn();

    /** Stops listening; a Unix socket's path is removed. Idempotent. */
    void close();
}
