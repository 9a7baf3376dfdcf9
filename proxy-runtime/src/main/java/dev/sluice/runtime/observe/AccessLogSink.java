package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the lines of an access log go. The log's own thread only, except {@link #close}. */
interface AccessLogSink {
    /** What a person calls it: the path, or standard output. */
    String describe();

    /**
     * Writes what remains in the buffer, waiting as long as it takes.
     *
     * @throws IOException if that failed; the position of the buffer then says how much was written
     */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * Takes back the last bytes written, the beginning of a line that could not be finished.
     *
     * @return false if this is not possible: they stay
     */
    boolean takeBack(int bytes);

    /** Goes on with a new file of the same name. On failure the old one stays in use. */
    void reopen() throws IOException;

    /** Any thread: ends a write that waits, if it can. */
    void close();
}
