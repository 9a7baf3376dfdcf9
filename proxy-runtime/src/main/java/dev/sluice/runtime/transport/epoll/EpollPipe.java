package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.memory.KernelPipe;
import org.jspecify.annotations.Nullable;

/** A pipe(7), by the descriptors of its two ends. */
final class EpollPipe implements KernelPipe {
    private final int readEnd;
    private final int writeEnd;
    private final int capacity;
    private int content;
    private boolean closed;

    private EpollPipe(int readEnd, int writeEnd, int capacity) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
        this.capacity = capacity;
    }

    /**
     * Opens a pipe.
     *
     * @param bytes capacity to ask for; the pipe may be smaller where the user's pipes have used up their quota
     *     (pipe-user-pages-soft)
     * @return {@code null} when no descriptor is left
     */
    static @Nullable EpollPipe open(int bytes, CallScratch scratch) {
        if (Libc.pipe2(scratch, scratch.addressAddress(), Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC) < 0) {
            return null;
        }
        int readEnd = scratch.descriptor(0);
        int writeEnd = scratch.descriptor(1);
        int resized = Libc.fcntl(scratch, writeEnd, Linux.F_SETPIPE_SZ, bytes);
        int capacity = resized >= 0 ? resized : Libc.fcntl(scratch, writeEnd, Linux.F_GETPIPE_SZ, 0);
        return new EpollPipe(readEnd, writeEnd, Math.max(capacity, 1));
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int content() {
        return content;
    }

    int readEnd() {
        return readEnd;
    }

    int writeEnd() {
        return writeEnd;
    }

    void filled(int bytes) {
        content += bytes;
    }

    void drained(int bytes) {
        content -= bytes;
    }

    @Override
    public void close() {
        if (closed) {
            // The descriptors may belong to other files by now.
            return;
        }
        closed = true;
        Libc.close(readEnd);
        Libc.close(writeEnd);
    }
}
