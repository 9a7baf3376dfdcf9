package dev.sluice.runtime.transport;

import java.net.SocketAddress;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import org.jspecify.annotations.Nullable;

/** A non-blocking stream socket. Owned by the thread of the poller that it is registered with. */
public interface StreamSocket {
    /** {@link #read}: the peer has sent FIN, and everything before it has been read. */
    int END_OF_STREAM = -1;
    /** {@link #read} and {@link #write}: the connection is broken: reset, timed out by keepalive, unreachable. */
    int BROKEN = -2;

    /**
     * {@link #write}: broken, but the peer had sent FIN before; when everything has been read, {@link #END_OF_STREAM}
     * is a real end. A transport that cannot distinguish them returns {@link #BROKEN}.
     */
    int BROKEN_AFTER_FIN = -3;

    /** {@link #spliceTo} and {@link #spliceFrom}: the bytes have to be copied through the process. */
    int UNSUPPORTED = -4;

    /**
     * Reads the bytes that are there behind the content of a buffer, up to its {@link Buffer#readLimit}.
     *
     * @return bytes read, which the buffer has counted; 0 when nothing is there yet or the buffer has no room; {@link #END_OF_STREAM} or
     *     {@link #BROKEN}
     */
    int read(Buffer target);

    /**
     * Writes the bytes of a buffer that may be sent, as far as there is room.
     *
     * @return bytes taken, which the buffer has dropped; 0 when there is no room, {@link #BROKEN} or {@link #BROKEN_AFTER_FIN}; bytes
     *     that arrived before the break can still be read, and after {@link #BROKEN} the end that follows them is no real one
     */
    int write(Buffer source);

    /**
     * Whether bytes can pass between this socket and a pipe of its poller. The receiver is asked before a pipe is
     * filled for it.
     */
    default boolean splices() {
        return false;
    }

    /**
     * Moves bytes that have arrived into an empty pipe.
     *
     * @param most in bytes
     * @return bytes moved; 0 when nothing is there yet; {@link #UNSUPPORTED}: the next bytes cannot go through this
     *     pipe, or the stream has ended, and a read shows which; {@link #BROKEN}
     */
    default int spliceTo(KernelPipe pipe, int most) {
        return UNSUPPORTED;
    }

    /**
     * Sends the content of a pipe, as far as there is room.
     *
     * @return as {@link #write}; {@link #UNSUPPORTED} when this socket cannot take from the pipe, which keeps its
     *     content
     */
    default int spliceFrom(KernelPipe pipe) {
        return UNSUPPORTED;
    }

    /** Replaces the handler of a registered socket, from the next call on; the interest stays. */
    void handler(ReadyHandler next);

    /** Sets the readiness that the handler is called for from now on. Cheap when nothing changes. */
    void interest(boolean read, boolean write);

    /**
     * Ends a connect that the poller reported.
     *
     * @return {@code false} when it is still under way
     * @throws TransportException when it failed; the caller closes the socket
     */
    boolean finishConnect() throws TransportException;

    /** Sends FIN after the last byte written. Errors are left to the next read, which returns them. */
    void shutdownOutput();

    /**
     * Bytes that were written and have not arrived: not acknowledged by a TCP peer, not read by a peer on a Unix socket. A {@link #reset}
     * destroys them.
     *
     * @return 0 also when the transport cannot know
     */
    int unacknowledged();

    /** The kernel's queues; {@code null} when the transport cannot know. */
    default @Nullable SocketQueues queues() {
        return null;
    }

    /** Closes with FIN: what was written is still delivered. Idempotent. */
    void close();

    /**
     * Closes with RST: the peer must not take what it has for complete. A Unix socket has no RST. After all bytes that
     * were sent, its peer sees a reset only if bytes of that peer were not read here, and an ordinary end otherwise
     * (unix(7) does not say so, {@code unix_release_sock} in Linux does). Idempotent.
     */
    void reset();

    /** The peer's address; {@code null} when the system no longer knows it. */
    @Nullable
    SocketAddress remoteAddress();

    /**
     * The address of this end, which is asked of the system; {@code null} when the system does not know, as may be
     * while the socket is still connecting.
     */
    @Nullable
    SocketAddress localAddress();

    /**
     * Measurements of the path; {@code null} when this is no TCP connection, or when the system or the transport has
     * none.
     */
    @Nullable
    TcpInfo tcpInfo();
}
