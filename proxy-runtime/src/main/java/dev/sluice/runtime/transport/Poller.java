package dev.sluice.runtime.transport;

import java.net.SocketAddress;

import dev.sluice.runtime.memory.KernelPipe;
import org.jspecify.annotations.Nullable;

/** A source of readiness for the sockets of one event loop. Used by that loop's thread, except for {@link #wakeup}. */
public interface Poller extends AutoCloseable {
    /**
     * Waits until a socket is ready, the time is over or {@link #wakeup} is called, and calls the handlers of the ready ones.
     *
     * @param timeoutNanos at most; 0 = do not wait; negative = until something happens
     * @param dispatcher the caller of the handlers; its {@link Dispatcher#awake} comes once, before the first of them
     * @return the number of handlers called
     */
    int poll(long timeoutNanos, Dispatcher dispatcher);

    /** The number of ready sockets from which on a {@link #poll} may have left others for the next call. */
    int batchLimit();

    /** Makes a waiting {@link #poll} return, or the next one not wait. Any thread. */
    void wakeup();

    /**
     * Takes over an accepted socket. It is interested in nothing yet.
     *
     * @throws TransportException when the socket has gone or the system has no room; the socket is closed then
     */
    void register(StreamSocket socket, ReadyHandler handler) throws TransportException;

    /** Takes over a listening socket. It is interested in nothing yet. */
    void register(ServerSocket socket, ReadyHandler handler) throws TransportException;

    /**
     * Starts a connect; the handler is called as writable when it has ended, and then asks {@link StreamSocket#finishConnect}.
     *
     * @throws TransportException when it failed at once; nothing is left open
     */
    StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler) throws TransportException;

    /**
     * A pipe for bytes that pass from one socket of this poller to another without entering the process.
     *
     * @param bytes capacity to ask for; the system may give less
     * @return {@code null} when this transport takes all bytes through the process, or the system has none to give; the caller closes the
     *     pipe
     */
    @Nullable
    KernelPipe openPipe(int bytes);

    /** Closes the poller and all sockets registered with it. */
    @Override
    void close();

    /** The caller of handlers, between poller and handlers, so that the loop can guard each call. */
    interface Dispatcher {
        /** The wait is over and at least one handler will be called. */
        void awake();

        /** One socket is ready. */
        void dispatch(ReadyHandler handler, boolean readable, boolean writable);

        /** One socket broke; see {@link ReadyHandler#onHangUp}. */
        void hangUp(ReadyHandler handler, int how);
    }
}
