package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The open target of an access log's lines. The log's own thread only, except {@link #describe} and {@link #close}. */
public interface AccessLogSink {
    /**
     * Opens a file to append to, which is created with mode 0640 if it does not exist. A FIFO or a device is possible
     * too.
     *
     * @throws IOException if the file cannot be opened
     */
    static AccessLogSink file(Path path) throws IOException {
        return ChannelSink.file(path);
    }

    /** The standard output of the process, which stays open when the sink is closed. */
    static AccessLogSink standardOutput() {
        return ChannelSink.standardOutput();
    }

    /** The standard error of the process, which stays open when the sink is closed. */
    static AccessLogSink standardError() {
        return ChannelSink.standardError();
    }

    /** The name for messages, of which each target has its own: the path, or standard output. */
    String describe();

    /**
     * Writes the remaining bytes of the buffer, waiting as long as it takes.
     *
     * @throws IOException if that failed; the position of the buffer is behind the bytes that were written
     */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * Takes back the last bytes written, the beginning of a line that could not be finished.
     *
     * @return false if that is not possible and they stay
     */
    boolean takeBack(int bytes);

    /** Opens a new file of the same name. On failure the old one stays in use. */
    void reopen() throws IOException;

    /** Closes the target, and ends a waiting write if possible. Any thread. */
    void close();

    /** Closes a target that nothing was written to, and removes the file if it was created for this. Any thread. */
    default void discard() {
        close();
    }
}
