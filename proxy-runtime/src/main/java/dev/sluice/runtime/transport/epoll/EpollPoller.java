package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * A poller over an epoll set and an eventfd. The kernel returns with each event the socket's slot here and the number
 * of its registration, so that an event of a socket that has been closed meanwhile does not reach another one in the
 * same slot.
 */
class EpollPoller implements Poller {
    private static final int EVENTS = 1024;
    /** Sockets that wait for their turn in a usual burst; with room for them the queues grow only in an unusual one. */
    private static final int BURST = 256;
    /** Half of a wait, because wake-ups and events for no handler are among them too. */
    private static final int BATCH = EVENTS / 2;
    private static final int LEAST_SLOTS = 64;
    /** The data of the eventfd's event: no slot has this number. */
    private static final long WAKEUP = -1;
    private static final int CLOSED = Integer.MIN_VALUE;

    private final CallScratch scratch = new CallScratch(EVENTS);
    private final int epoll;
    private final int eventfd;
    /**
     * The number of threads about to write to the eventfd; negative once this is closed, when the descriptor may be
     * another file's.
     */
    private final AtomicInteger waking = new AtomicInteger();
    /** Sockets with readiness that the kernel has reported once (EPOLLET) and the handler has not been given yet. */
    private ArrayDeque<EpollStreamSocket> queue = new ArrayDeque<>(BURST);
    /** Sockets whose handler was called in this poll and has more to come in the next. */
    private ArrayDeque<EpollStreamSocket> again = new ArrayDeque<>(BURST);
    private @Nullable EpollHandle[] slots = new @Nullable EpollHandle[LEAST_SLOTS];
    private int[] freeSlots = new int[LEAST_SLOTS];
    private int freeCount;
    private int usedSlots;
    private int generation;
    /** Whether to use epoll_pwait2; cleared once the system turns out not to have it. */
    private boolean nanoseconds;
    private boolean closed;

    EpollPoller(boolean nanoseconds) throws TransportException {
        this.nanoseconds = nanoseconds;
        int created = -1;
        int opened = -1;
        try {
            created = Errno.check(Libc.epollCreate(scratch, Linux.EPOLL_CLOEXEC));
            opened = Errno.check(Libc.eventfd(scratch, 0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
            Errno.check(Libc.epollCtl(scratch, created, Linux.EPOLL_CTL_ADD, opened,
                    scratch.control(Linux.EPOLLIN, WAKEUP)));
        } catch (TransportException e) {
            closeIfOpen(opened);
            closeIfOpen(created);
            scratch.close();
            throw e;
        }
        epoll = created;
        eventfd = opened;
    }

    private static void closeIfOpen(int descriptor) {
        if (descriptor >= 0) {
            Libc.close(descriptor);
        }
    }

    /** Memory for system calls of this poller's thread. */
    CallScratch scratch() {
        return scratch;
    }

    @Override
    public int poll(long timeoutNanos, Dispatcher dispatcher) {
        int count = await(queue.isEmpty() ? timeoutNanos : 0);
        int dispatched = 0;
        for (int i = 0; i < count; i++) {
            long data = scratch.readyData(i);
            if (data == WAKEUP) {
                Libc.unsignal(eventfd, scratch.addressAddress());
                continue;
            }
            EpollHandle socket = slots[(int) data];
            if (socket != null && socket.generation() == (int) (data >>> Integer.SIZE)) {
                dispatched += deliver(socket, socket.onEvents(scratch.readyEvents(i), this), dispatched, dispatcher);
            }
        }
        // Sockets queued from now on have their turn after the next wait, as if the kernel had reported them.
        for (int i = queue.size(); i > 0; i--) {
            EpollStreamSocket socket = queue.remove();
            if (socket.isOpen()) {
                dispatched += deliver(socket, socket.dequeue(this), dispatched, dispatcher);
            }
        }
        if (queue.isEmpty()) {
            ArrayDeque<EpollStreamSocket> empty = queue;
            queue = again;
            again = empty;
        } else {
            queue.addAll(again);
            again.clear();
        }
        // Many events may be for no handler; the loop wants to know whether the kernel has more to report.
        return count == EVENTS ? Math.max(dispatched, BATCH) : dispatched;
    }

    /** Calls the handler of a socket. @return the number of handlers called: one or none */
    private int deliver(EpollHandle socket, int readiness, int deliveredBefore, Dispatcher dispatcher) {
        if (readiness == EpollHandle.NOTHING) {
            return 0;
        }
        if (deliveredBefore == 0) {
            dispatcher.awake();
        }
        if (readiness < 0) {
            dispatcher.hangUp(socket.handler(), readiness);
        } else {
            dispatcher.dispatch(socket.handler(), (readiness & EpollHandle.READABLE) != 0,
                    (readiness & EpollHandle.WRITABLE) != 0);
        }
        if (socket.hasPendingReadiness() && socket instanceof EpollStreamSocket stream && stream.isOpen()
                && stream.queue()) {
            again.add(stream);
        }
        return 1;
    }

    /** Queues a socket whose readiness the kernel will not report again, for the next poll. */
    void deliverLater(EpollStreamSocket socket) {
        if (socket.queue()) {
            queue.add(socket);
        }
    }

    /**
     * Waits for events. @return their number; 0 also after a signal, because the caller knows best how long to wait
     * further
     */
    private int await(long timeoutNanos) {
        int count = -Linux.ENOSYS;
        if (nanoseconds) {
            count = Libc.epollWaitNanos(scratch, epoll, scratch.eventsAddress(), EVENTS,
                    timeoutNanos < 0 ? 0 : scratch.timespec(timeoutNanos));
        }
        if (count == -Linux.ENOSYS || count == -Linux.EPERM) {
            // Before Linux 5.11 or glibc 2.35, or in a sandbox that does not know the call. Rounding up lets a timer be
            // late by a millisecond, instead of spinning until it is due.
            nanoseconds = false;
            long millis = timeoutNanos < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(timeoutNanos + 999_999);
            count = Libc.epollWait(scratch, epoll, scratch.eventsAddress(), EVENTS,
                    (int) Math.min(millis, Integer.MAX_VALUE));
        }
        if (count < 0 && count != -Linux.EINTR) {
            throw new IllegalStateException("epoll_wait: " + Libc.strerror(-count));
        }
        return count;
    }

    @Override
    public int batchLimit() {
        return BATCH;
    }

    @Override
    public void wakeup() {
        if (waking.getAndIncrement() >= 0) {
            Libc.signal(eventfd);
        }
        waking.getAndDecrement();
    }

    @Override
    public void register(StreamSocket socket, ReadyHandler handler) throws TransportException {
        EpollStreamSocket accepted = (EpollStreamSocket) socket;
        try {
            accepted.register(this, handler);
        } catch (TransportException e) {
            accepted.close();
            throw e;
        }
    }

    @Override
    public void register(ServerSocket socket, ReadyHandler handler) throws TransportException {
        ((EpollServerSocket) socket).register(this, handler);
    }

    @Override
    public StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler)
            throws TransportException {
        int family = SocketAddresses.family(address);
        DialledSocket socket = new DialledSocket(Errno.check(Libc.socket(scratch, family,
                Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0)), address,
                EpollStreamSocket.CONNECTING);
        try {
            if (!(address instanceof UnixDomainSocketAddress)) {
                SocketSettings.configure(socket.descriptor(), options, scratch);
            }
            int length = SocketAddresses.put(address, scratch.address());
            int result = Libc.connect(scratch, socket.descriptor(), scratch.addressAddress(), length);
            if (result != -Linux.EINPROGRESS && result != -Linux.EINTR) {
                Errno.check(result);
            }
            // A connect that has completed at once is reported in the same way: as a writable socket.
            socket.register(this, handler);
            socket.interest(false, true);
            return socket;
        } catch (TransportException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public @Nullable KernelPipe openPipe(int bytes) {
        return EpollPipe.open(bytes, scratch);
    }

    /** Puts a socket into the epoll set. */
    void add(EpollHandle socket) throws TransportException {
        int slot = freeCount > 0 ? freeSlots[--freeCount] : newSlot();
        slots[slot] = socket;
        socket.place(slot, ++generation);
        int result = change(Linux.EPOLL_CTL_ADD, socket);
        if (result < 0) {
            remove(socket);
            throw Errno.of(result);
        }
    }

    private int newSlot() {
        if (usedSlots == slots.length) {
            slots = Arrays.copyOf(slots, usedSlots * 2);
            freeSlots = Arrays.copyOf(freeSlots, usedSlots * 2);
        }
        return usedSlots++;
    }

    /** Forgets a socket, which the caller closes. */
    void remove(EpollHandle socket) {
        slots[socket.slot()] = null;
        freeSlots[freeCount++] = socket.slot();
    }

    /** Changes the events that the kernel reports of a socket from now on. */
    void control(int operation, EpollHandle socket) {
        int result = change(operation, socket);
        if (result < 0) {
            throw new IllegalStateException("epoll_ctl: " + Libc.strerror(-result));
        }
    }

    /** Calls epoll_ctl; overridden by a test that has no descriptors. @return the negated errno; not negative = done */
    int change(int operation, EpollHandle socket) {
        long data = (long) socket.generation() << Integer.SIZE | socket.slot();
        return Libc.epollCtl(scratch, epoll, operation, socket.descriptor(),
                scratch.control(socket.watchedEvents(), data));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        waking.getAndAdd(CLOSED);
        // A thread that has found this open is in a single system call that does not block.
        while (waking.get() != CLOSED) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < usedSlots; i++) {
            EpollHandle socket = slots[i];
            if (socket != null) {
                socket.close();
            }
        }
        Libc.close(eventfd);
        Libc.close(epoll);
        scratch.close();
    }
}
