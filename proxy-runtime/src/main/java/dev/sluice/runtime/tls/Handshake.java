package dev.sluice.runtime.tls;

import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One TLS handshake, of either role: whole records in, records out. On the connection's loop, but for {@link #work}.
 *
 * <pre>
 *          start() or receive()
 *                  │
 *      ┌──────▶ advance ──────────────┬───────────────┬───────────────┐
 *      │           │ MORE             │ WORK          │ SEND          │ DONE
 *      │           ▼                  ▼               ▼               ▼
 *      │     another record,    work() elsewhere,   send all of it,  finish(),
 *      └──── receive()          proceed()           proceed()        once
 * </pre>
 *
 * <p>After a {@link TlsException} only {@link #fail} and {@link #abandon} may be called.
 */
public interface Handshake {
    /** The next thing that a handshake needs. */
    enum Step {
        /** Another record of the peer. */
        MORE,
        /** A call of {@link #work}, and then one of {@link #proceed}. */
        WORK,
        /** More room: the target is to be sent, and {@link #proceed} to be called. */
        SEND,
        /** Nothing: it has succeeded, once everything in the target is sent. */
        DONE
    }

    /** Begins: a client says hello. */
    Step start(Buffer target) throws TlsException;

    /**
     * Takes a record.
     *
     * @param buffer its content has the record
     * @param index of the record's header
     * @param length of the record with its header, at most {@link RecordFormat#MAX_RECORD}
     * @param target what is to be sent is appended
     */
    Step receive(Buffer buffer, int index, int length, Buffer target) throws TlsException;

    /** Goes on after {@link Step#WORK} or {@link Step#SEND}. */
    Step proceed(Buffer target) throws TlsException;

    /** Does what takes long: signatures, chains of certificates. For any thread, one at a time; failures come out of {@link #proceed}. */
    void work();

    /** The number of last bytes in the target that may wait for the first data: tickets for a later session. */
    int deferrable();

    /** The server name in a hello that was taken, in lower case; null = there is none, or it is not known. */
    @Nullable
    String askedName();

    /** The outcome, after {@link Step#DONE}. */
    Session session();

    /** The record layer from now on, after {@link Step#DONE}; once. */
    Records finish();

    /**
     * Appends the alert that is due after a failure, or after one that the caller has found.
     *
     * @param alert the alert, unless the handshake knows better
     */
    void fail(Alert alert, Buffer target);

    /** Gives up, and releases everything. */
    void abandon();
}
