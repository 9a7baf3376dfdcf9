package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The target of an access log's lines. The log's own thread only, except {@link #close}. */
interface AccessLogSink {
    /** The name for messages: the path, or standard output. */
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
}
