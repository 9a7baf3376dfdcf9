package dev.sluice.runtime.transport;

/**
 * A place in the kernel for bytes on their way from one socket to another, which never enter this process (splice(2)). It is borrowed for
 * an event and filled only when it is empty. Owned by the thread of the poller that opened it.
 */
public interface KernelPipe {
    /** {@link #fill}: what comes next cannot go through a pipe, be it bytes or the end of the stream; a read tells. */
    int UNSUPPORTED = -4;

    /** The most that it holds, in bytes. */
    int capacity();

    /** What it holds now, in bytes. */
    int content();

    /**
     * Takes what a socket has received. The pipe must be empty.
     *
     * @param most in bytes
     * @return bytes taken; 0 when nothing is there yet; {@link #UNSUPPORTED} or {@link StreamSocket#BROKEN}
     */
    int fill(StreamSocket from, int most);

    /**
     * Hands the content to a socket, as far as it has room.
     *
     * @return as {@link StreamSocket#write} does
     */
    int drain(StreamSocket to);

    /** Gives it back to the system, and its content up. */
    void close();
}
