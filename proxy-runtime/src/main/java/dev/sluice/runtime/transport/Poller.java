package dev.sluice.runtime.transport;

import java.net.SocketAddress;

import dev.sluice.runtime.memory.KernelPipe;
import org.jspecify.annotations.Nullable;

/** Readiness of the sockets of one event loop. Used by that loop's thread, except for {@link #wakeup}. */
public interface Poller extends AutoCloseable {
    /**
     * Waits until a socket is ready, the time is over or {@link #wakeup} is called, and calls the handlers of the ready ones.
     *
     * @param timeoutNanos at most; 0 = do not wait; negative = until something happens
     * @param dispatcher called once, before the first handler, with what the clock should be taken from then on
     * @return how many handlers were called
     */
    int poll(long timeoutNanos, Dispatcher dispatcher);

    /** From how many ready sockets on a {@link #poll} may have left others for the next call. */
    int batchLimit();

    /** Makes a waiting {@link #poll} return, or the next one not wait. Any thread. */
    void wakeup();

    /**
     * Takes over an accepted socket. It is interested in nothing yet.
     *
     * @throws TransportException when the socket has gone or the system has no room; the socket is closed then
     */
    void register(StreamSocket socket, ReadyHandler handler) throws TransportException;

    /** Takes over a listening socket, interested in connections. */
    void register(ServerSocket socket, ReadyHandler handler) throws TransportException;

    /**
     * Starts a connect; the handler is called as writable when it has ended, and then asks {@link StreamSocket#finishConnect}.
     *
     * @throws TransportException when it failed at once; nothing is left open
     */
    StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler) throws TransportException;

    /**
     * A pipe for bytes that pass from one socket of this poller to another one, and need not be seen.
     *
     * @param bytes that it should hold; the system may give less
     * @return {@code null} when this transport takes all bytes through the process, or the system has none to give; the caller closes the
     *     pipe
     */
    @Nullable
    KernelPipe openPipe(int bytes);

    /** Closes what is registered, and the poller. */
    @Override
    void close();

    /** Stands between the poller and the handlers, so that the loop can guard each call. */
    interface Dispatcher {
        /** The wait is over and at least one handler will be called. */
        void awake();

        /** One socket is ready. */
        void dispatch(ReadyHandler handler, boolean readable, boolean writable);

        /** One socket broke, as {@link ReadyHandler#onHangUp} says. */
        void hangUp(ReadyHandler handler, int how);
    }
}
