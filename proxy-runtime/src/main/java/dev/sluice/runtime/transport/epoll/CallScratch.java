package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for the arguments and results of system calls, errno among them. Used by one thread at a time, whichever that is.
 *
 * <p>Calls get addresses, and segments without an owner: to take part in the life of a shared arena costs two atomic operations for each
 * argument. In return nobody may use this after {@link #close}.
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
     * Room for one wait too.
     *
     * @param events of how many sockets one wait may bring
     */
    // The segment is as long as what was allocated, and lives as long as this.
    @SuppressWarnings("restricted")
    CallScratch(int events) {
        long bytes = EVENTS + (long) events * EVENT.bytes();
        memory = MemorySegment.ofAddress(arena.allocate(bytes, Long.BYTES).address()).reinterpret(bytes);
        errno = memory.asSlice(0, Libc.ERRNO_LAYOUT);
    }

    /** Where calls leave errno. */
    MemorySegment errno() {
        return errno;
    }

    /** Puts an {@code int} where a call can read it. @return its address */
    long value(int value) {
        memory.set(ValueLayout.JAVA_INT, VALUE, value);
        return memory.address() + VALUE;
    }

    /** The {@code int} that a call has left at the address of {@link #value(int)}. */
    int value() {
        return memory.get(ValueLayout.JAVA_INT, VALUE);
    }

    /** Puts a {@code socklen_t} where a call can read and change it. @return its address */
    long length(int bytes) {
        memory.set(ValueLayout.JAVA_INT, LENGTH, bytes);
        return memory.address() + LENGTH;
    }

    /** What a call has left at the address of {@link #length(int)}. */
    int length() {
        return memory.get(ValueLayout.JAVA_INT, LENGTH);
    }

    /** Room for a {@code struct sockaddr}. */
    MemorySegment address() {
        return memory.asSlice(ADDRESS, ADDRESS_BYTES);
    }

    /** Where {@link #address} is. */
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

    /** Where a wait puts what is ready. */
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
