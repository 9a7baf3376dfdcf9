package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/** A descriptor in an epoll set, and the handler of its events. There is one for each socket of the proxy, so every field counts. */
abstract class EpollHandle {
    /** {@link #onEvents}: nothing that the handler should hear of. */
    static final int NOTHING = 0;
    /** {@link #onEvents}: data, FIN, an error or a connection is waiting. */
    static final int READABLE = 1;
    /** {@link #onEvents}: there is room to send, or a connect has ended. */
    static final int WRITABLE = 2;

    private static final int CLOSED = -1;

    private @Nullable EpollPoller poller;
    private @Nullable ReadyHandler handler;
    private int descriptor;
    /** Where the poller finds this, and which of those that have been there it is. */
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
        ReadyHandler told = handler;
        if (told == null) {
            throw new IllegalStateException("not registered");
        }
        return told;
    }

    final int slot() {
        return slot;
    }

    final int generation() {
        return generation;
    }

    final void register(EpollPoller to, ReadyHandler tell) throws TransportException {
        handler = tell;
        to.add(this);
        poller = to;
    }

    /** The poller has found a place for this. */
    final void place(int at, int number) {
        slot = at;
        generation = number;
    }

    /** What the kernel is to report. */
    abstract int watchedEvents();

    /**
     * What the kernel reports.
     *
     * @param by the poller that this is registered with
     * @return {@link #NOTHING}, {@link #READABLE} and {@link #WRITABLE} in one, or what to tell {@link ReadyHandler#onHangUp}
     */
    abstract int onEvents(int events, EpollPoller by);

    /** Whether there is readiness left that the kernel will not report again. Asked after each call of the handler. */
    abstract boolean hasMoreToTell();

    /** Closes as the owner would. */
    abstract void close();

    /** Gives the descriptor back, which also takes it out of the epoll set. @return whether there was one */
    final boolean release() {
        if (descriptor == CLOSED) {
            return false;
        }
        EpollPoller by = poller;
        if (by != null) {
            by.remove(this);
            poller = null;
        }
        Libc.close(descriptor);
        descriptor = CLOSED;
        return true;
    }
}
