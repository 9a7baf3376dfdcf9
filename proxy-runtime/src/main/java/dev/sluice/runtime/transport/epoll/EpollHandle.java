package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/** A descriptor in an epoll set, and the handler of its events. There is one for each socket of the proxy, so every field counts. */
abstract class EpollHandle {
    /** {@link #onEvents}: nothing for the handler. */
    static final int NOTHING = 0;
    /** {@link #onEvents}: data, FIN, an error or a connection is waiting. */
    static final int READABLE = 1;
    /** {@link #onEvents}: there is room to send, or a connect has ended. */
    static final int WRITABLE = 2;

    private static final int CLOSED = -1;

    private @Nullable EpollPoller poller;
    private @Nullable ReadyHandler handler;
    private int descriptor;
    /** The slot in the poller, and the number that tells this socket from others that had the slot before. */
    private int slot;
    private int generation;

    EpollHandle(int descriptor) {
        this.descriptor = descriptor;
    }

    final boolean isOpen() {
        return descriptor != CLOSED;
    }

    final int descriptor() {
        return descriptor;
    }

    /** The poller, while this is open and registered. */
    final @Nullable EpollPoller poller() {
        return poller;
    }

    final ReadyHandler handler() {
        ReadyHandler current = handler;
        if (current == null) {
            throw new IllegalStateException("not registered");
        }
        return current;
    }

    /** Replaces the handler of a registered descriptor. */
    public final void handler(ReadyHandler next) {
        handler = next;
    }

    final int slot() {
        return slot;
    }

    final int generation() {
        return generation;
    }

    final void register(EpollPoller target, ReadyHandler receiver) throws TransportException {
        handler = receiver;
        target.add(this);
        poller = target;
    }

    /** Stores the slot and generation that the poller has assigned. */
    final void place(int index, int number) {
        slot = index;
        generation = number;
    }

    /** The events that the kernel is to report. */
    abstract int watchedEvents();

    /**
     * Handles events that the kernel reported.
     *
     * @param registered the poller of this handle
     * @return {@link #NOTHING}, {@link #READABLE} and {@link #WRITABLE} combined, or the argument for
     *     {@link ReadyHandler#onHangUp}
     */
    abstract int onEvents(int events, EpollPoller registered);

    /** Whether readiness is left that the kernel will not report again. Called after each call of the handler. */
    abstract boolean hasPendingReadiness();

    /** Closes the socket, as its owner does. */
    abstract void close();

    /** Gives the descriptor back, which also takes it out of the epoll set. @return whether there was one */
    final boolean release() {
        if (descriptor == CLOSED) {
            return false;
        }
        EpollPoller registered = poller;
        if (registered != null) {
            registered.remove(this);
            poller = null;
        }
        Libc.close(descriptor);
        descriptor = CLOSED;
        return true;
    }
}
