package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.KernelPipe;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;

/** The two ends of a pipe(7). */
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
     * Opens one.
     *
     * @param bytes what it should hold; it may be less where pipes have used up what the user may have of them (pipe-user-pages-soft)
     */
    static EpollPipe open(int bytes, Scratch scratch) throws SocketFailure {
        Failures.check(Libc.pipe2(scratch, scratch.addressAddress(), Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC));
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

    @Override
    public int fill(StreamSocket from, int most) {
        if (content > 0) {
            throw new IllegalStateException("still holds " + content + " bytes");
        }
        int count = ((EpollStreamSocket) from).spliceTo(writeEnd, Math.min(most, capacity));
        content = Math.max(0, count);
        return count;
    }

    @Override
    public int drain(StreamSocket to) {
        int count = ((EpollStreamSocket) to).spliceFrom(readEnd, content);
        content -= Math.max(0, count);
        return count;
    }

    @Override
    public void close() {
        if (closed) {
            // The numbers may be other files' by now.
            return;
        }
        closed = true;
        Libc.close(readEnd);
        Libc.close(writeEnd);
    }
}
