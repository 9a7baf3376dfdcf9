package dev.sluice.runtime.memory;

/**
 * A pipe(7) for bytes on their way from one socket to another, which never enter this process (splice(2)). It is borrowed for an event and
 * filled only when it is empty; sockets fill and drain it ({@code transport.StreamSocket}). Owned by the thread of the loop whose
 * {@link PipePool} lends it.
 */
public interface KernelPipe {
    /** The most that it holds, in bytes. */
    int capacity();

    /** The bytes that it holds now. */
    int content();

    /** Closes the pipe and discards its content. */
    void close();
}
