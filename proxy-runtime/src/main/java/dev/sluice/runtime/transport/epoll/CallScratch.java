package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for the arguments and results of system calls, errno among them. Used by one thread at a time.
 *
 * <p>Calls get addresses, and segments without an owner: holding a shared arena open costs two atomic operations for
 * each argument. In return the caller must not use this object after {@link #close}.
 */
final class CallScratch implements AutoCloseable {
    private static final long VALUE = 8;
    private static final long LENGTH = 12;
    private static final long TIMESPEC = 16;
    private static final long CONTROL = 32;
    private static final long ADDRESS = 48;
    /** sizeof(struct sockaddr_storage). */
    static final int ADDRESS_BYTES = 128;
    private static final long EVENTS = ADDRESS + ADDRESS_BYTES;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final EventLayout EVENT = EventLayout.ofThisMachine();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final MemorySegment errno;

    CallScratch() {
        this(0);
    }

    /**
     * Memory for one wait too.
     *
     * @param events the most events of one wait
     */
    // The segment is as long as what was allocated, and lives as long as this.
    @SuppressWarnings("restricted")
    CallScratch(int events) {
        long bytes = EVENTS + (long) events * EVENT.bytes();
        memory = MemorySegment.ofAddress(arena.allocate(bytes, Long.BYTES).address()).reinterpret(bytes);
        errno = memory.asSlice(0, Libc.ERRNO_LAYOUT);
    }

    /** The memory in which calls leave errno. */
    MemorySegment errno() {
        return errno;
    }

    /** Stores an {@code int} as the argument of a call. @return its address */
    long value(int value) {
        memory.set(ValueLayout.JAVA_INT, VALUE, value);
        return memory.address() + VALUE;
    }

    /** The {@code int} that a call has left at the address of {@link #value(int)}. */
    int value() {
        return memory.get(ValueLayout.JAVA_INT, VALUE);
    }

    /** Stores a {@code socklen_t} that a call can read and change. @return its address */
    long length(int bytes) {
        memory.set(ValueLayout.JAVA_INT, LENGTH, bytes);
        return memory.address() + LENGTH;
    }

    /** The length that a call has left at the address of {@link #length(int)}. */
    int length() {
        return memory.get(ValueLayout.JAVA_INT, LENGTH);
    }

    /** Room for a {@code struct sockaddr}. */
    MemorySegment address() {
        return memory.asSlice(ADDRESS, ADDRESS_BYTES);
    }

    /** The native address of {@link #address}. */
    long addressAddress() {
        return memory.address() + ADDRESS;
    }

    /** One of the descriptors that pipe2 has left at {@link #addressAddress}. */
    int descriptor(int index) {
        return memory.get(ValueLayout.JAVA_INT, ADDRESS + (long) index * Integer.BYTES);
    }

    /** A {@code struct timespec}. @return its address */
    long timespec(long nanos) {
        memory.set(ValueLayout.JAVA_LONG, TIMESPEC, nanos / NANOS_PER_SECOND);
        memory.set(ValueLayout.JAVA_LONG, TIMESPEC + Long.BYTES, nanos % NANOS_PER_SECOND);
        return memory.address() + TIMESPEC;
    }

    /** A {@code struct epoll_event} for epoll_ctl. @return its address */
    long control(int events, long data) {
        memory.set(ValueLayout.JAVA_INT, CONTROL, events);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, CONTROL + EVENT.data(), data);
        return memory.address() + CONTROL;
    }

    /** The native address of the events of a wait. */
    long eventsAddress() {
        return memory.address() + EVENTS;
    }

    int readyEvents(int index) {
        return memory.get(ValueLayout.JAVA_INT, EVENTS + (long) index * EVENT.bytes());
    }

    long readyData(int index) {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, EVENTS + (long) index * EVENT.bytes() + EVENT.data());
    }

    @Override
    public void close() {
        arena.close();
    }
}
