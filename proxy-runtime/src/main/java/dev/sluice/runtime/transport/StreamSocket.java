package dev.sluice.runtime.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/** One non-blocking stream socket. Owned by the thread of the poller that it is registered with. */
public interface StreamSocket {
    /** {@link #read}: the peer has sent FIN, and everything before it has been read. */
    int END_OF_STREAM = -1;
    /** {@link #read} and {@link #write}: the connection is broken: reset, timed out by keepalive, unreachable. */
    int BROKEN = -2;

    /**
     * {@link #write}: broken, but the peer had sent FIN before; when everything has been read, {@link #END_OF_STREAM} is a real end. A
     * transport that cannot tell says {@link #BROKEN}.
     */
    int BROKEN_AFTER_FIN = -3;

    /**
     * Reads what is there, into a direct buffer.
     *
     * @return bytes read, 0 when nothing is there yet, {@link #END_OF_STREAM} or {@link #BROKEN}
     */
    int read(ByteBuffer target);

    /**
     * Writes what fits, from a direct buffer.
     *
     * @return bytes taken, 0 when there is no room, {@link #BROKEN} or {@link #BROKEN_AFTER_FIN}; bytes that arrived before the break can
     *     still be read, and after {@link #BROKEN} the end that follows them is no real one
     */
    int write(ByteBuffer source);

    /** What the handler wants to be told from now on. Cheap when nothing changes. */
    void interest(boolean read, boolean write);

    /**
     * Ends a connect that the poller reported.
     *
     * @return {@code false} when it is still under way
     * @throws SocketFailure when it failed; the caller closes the socket
     */
    boolean finishConnect() throws SocketFailure;

    /** Sends FIN after the last byte written. Errors are left to the next read, which will meet them. */
    void shutdownOutput();

    /** Closes in the ordinary way: what was written is still delivered, then FIN. Idempotent. */
    void close();

    /** Closes with RST: the peer must not take what it has for complete. Idempotent. */
    void reset();

    /** Who is at the other end; {@code null} when the system does not tell any more. */
    @Nullable
    SocketAddress remoteAddress();

    /** The address of this end; {@code null} when the system does not tell, as some do not of a socket that is still connecting. Asks the system. */
    @Nullable
    SocketAddress localAddress();

    /** What the system knows of the path; {@code null} when this is no TCP connection, or the system or the transport does not tell. */
    @Nullable
    TcpInfo tcpInfo();
}
