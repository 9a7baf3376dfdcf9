package dev.sluice.filters.ratelimit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that tables of sources may take together. Tables grow with the sources that come, so it is this bound, and
 * not their sizes, that keeps clients from filling the heap. Thread-safe.
 */
final class TableMemory {
    /** Of this process, which has one heap however many filters and servers are in it: a quarter of that. */
    static final TableMemory OF_HEAP = new TableMemory(Runtime.getRuntime().maxMemory() / 4);

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most bytes at once */
    TableMemory(long most) {
        this.most = most;
    }

    /** The bound, in bytes. */
    long most() {
        return most;
    }

    /** The bytes that are taken now. */
    long taken() {
        return taken.get();
    }

    /** Takes bytes, to be given back. @return false if there are not so many */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Whether {@link #take} would succeed now. */
    boolean hasRoom(long bytes) {
        return taken.get() + bytes <= most;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }
}
