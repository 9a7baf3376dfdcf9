package dev.sluice.runtime.tls;

import dev.sluice.runtime.memory.Buffer;

/**
 * The record layer of one established connection. On the connection's loop, whose ciphers are passed to each call.
 *
 * <p>After a {@link TlsException} only {@link #alert} may be called, and {@link #end}.
 */
public abstract class Records {
    /** The most records without data between two with: more would be work without an end. */
    protected static final int MAX_EMPTY_RECORDS = 32;

    /** A record layer without records yet. */
    protected Records() {}

    /**
     * Opens the records that are complete, in place: their data takes the place of the records, and the beginning of a record that is not
     * complete follows it. Nothing follows after {@link #closed}, since that is to be ignored.
     *
     * @param from the index of the first record's header in the content of the buffer
     * @return the index behind the last byte of data
     * @throws TlsException if the peer breaks a rule, or has sent a fatal alert; the data before that is lost
     */
    public abstract int open(LoopCiphers ciphers, Buffer buffer, int from) throws TlsException;

    /** The record layer to go on with, after {@link #open}: this one, or one that takes less memory. */
    public Records settled() {
        return this;
    }

    /** Whether this keeps an engine, and not the secrets only. */
    public boolean keepsEngine() {
        return false;
    }

    /** Whether the peer has ended its stream, with close_notify. */
    public abstract boolean closed();

    /**
     * Whether the next call of {@link #seal} writes something even without data: an answer is due. It may wait for data.
     */
    public abstract boolean answers();

    /**
     * Protects bytes, as many as there is room for in the target: its read limit counts.
     *
     * @param plain its bytes that may be sent; those that are taken count as sent
     * @param target records are appended
     */
    public abstract void seal(LoopCiphers ciphers, Buffer plain, Buffer target) throws TlsException;

    /** Appends close_notify, after which nothing can be sealed. */
    public abstract void closeNotify(LoopCiphers ciphers, Buffer target);

    /** Appends a fatal alert, after which nothing can be sealed. */
    public abstract void alert(LoopCiphers ciphers, Alert alert, Buffer target);

    /** The number of bytes by which the record of so many bytes of content is longer, at most. */
    public abstract int overhead();

    /** Destroys the secrets. */
    public abstract void end();

    /**
     * The length of the first record, if it is known yet.
     *
     * @param index of its header
     * @return bytes with its header; negative = its header is not complete
     */
    public static int length(Buffer buffer, int index) {
        if (buffer.content() - index < RecordFormat.HEADER_BYTES) {
            return -1;
        }
        return RecordFormat.HEADER_BYTES + ((buffer.byteAt(index + 3) & 0xff) << Byte.SIZE)
                + (buffer.byteAt(index + 4) & 0xff);
    }
}
