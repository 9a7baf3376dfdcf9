package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketFailure;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor, and whom to tell when it is ready. There is one for each socket of the proxy, so every field counts.
 *
 * <pre>
 *   loose ── register ──▶ watched ◀── interested in something ── set aside
 *                            │ └─ broken or finished while it is interested in nothing ─▲
 *                            ▼
 *                          closed, from anywhere
 * </pre>
 */
abstract class Watched {
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
    private byte interest;
    private boolean aside;

    Watched(int descriptor) {
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

    final int interest() {
        return interest;
    }

    /** @param events EPOLLIN, EPOLLOUT; errors and the end of both directions are reported in any case */
    final void register(EpollPoller to, ReadyHandler tell, int events) throws SocketFailure {
        handler = tell;
        interest = (byte) events;
        to.add(this);
        poller = to;
    }

    /** The poller has found a place for this. */
    final void place(int at, int number) {
        slot = at;
        generation = number;
    }

    /** What the handler wants to be told from now on. */
    final void interest(int events) {
        EpollPoller by = poller;
        if (by == null || events == interest) {
            return;
        }
        interest = (byte) events;
        by.control(aside ? Linux.EPOLL_CTL_ADD : Linux.EPOLL_CTL_MOD, this);
        aside = false;
    }

    /** Leaves the epoll set until this is interested in something: the kernel would report what it does without an end. */
    final void setAside() {
        EpollPoller by = poller;
        if (by != null && !aside) {
            interest = 0;
            aside = true;
            by.control(Linux.EPOLL_CTL_DEL, this);
        }
    }

    /**
     * What the kernel reports.
     *
     * @param by the poller that this is registered with
     * @return {@link #NOTHING}, {@link #READABLE} and {@link #WRITABLE} in one, or what to tell {@link ReadyHandler#onHangUp}
     */
    abstract int onEvents(int events, EpollPoller by);

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
