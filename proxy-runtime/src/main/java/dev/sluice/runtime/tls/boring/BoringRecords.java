package dev.sluice.runtime.tls.boring;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;

/**
 * The record layer of a connection whose object of the library is kept: TLS 1.2. It gets single whole records, so that it keeps none. Records are
 * opened and sealed from buffer to buffer. On the connection's loop.
 */
final class BoringRecords extends Records {
    /** Header, explicit nonce and tag, or those of TLS 1.3, and what may be said besides. */
    private static final int OVERHEAD = 128;

    private final NativeSsl ssl;
    private byte emptyRecords;
    private boolean closed;
    private boolean ended;

    /** @param ssl done with its handshake; freed by {@link #end} */
    BoringRecords(NativeSsl ssl) {
        this.ssl = ssl;
    }

    @Override
    public int open(LoopCiphers ciphers, Buffer buffer, int from) throws TlsException {
        int data = from;
        int at = from;
        while (!closed) {
            int length = length(buffer, at);
            if (length < 0) {
                break;
            }
            if (length > RecordFormat.MAX_RECORD) {
                // The library refuses it by its header, with an alert.
                read(buffer, at, RecordFormat.HEADER_BYTES, data);
                throw TlsException.violation(Alert.RECORD_OVERFLOW,
                        "a record of " + (length - RecordFormat.HEADER_BYTES) + " bytes");
            }
            if (buffer.content() - at < length) {
                break;
            }
            data += read(buffer, at, length, data);
            at += length;
        }
        buffer.remove(data, closed ? buffer.content() : at);
        return data;
    }

    private int read(Buffer buffer, int at, int length, int data) throws TlsException {
        int count = ssl.read(buffer, at, length, data);
        if (count > 0) {
            emptyRecords = 0;
            return count;
        }
        switch (ssl.readResult()) {
            case READ -> {
                if (++emptyRecords > MAX_EMPTY_RECORDS) {
                    throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                            "more than " + MAX_EMPTY_RECORDS + " records in a row without data");
                }
            }
            case CLOSED -> closed = true;
            default -> throw BoringFailure.of(ssl, null);
        }
        return 0;
    }

    @Override
    public boolean keepsEngine() {
        return true;
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public boolean answers() {
        return !ended && ssl.hasOutput();
    }

    @Override
    public void seal(LoopCiphers ciphers, Buffer plain, Buffer target) throws TlsException {
        ssl.drain(target);
        while (plain.remaining() > 0) {
            int length = Math.min(Math.min(plain.remaining(), RecordFormat.MAX_CONTENT), target.readLimit() - OVERHEAD);
            if (length <= 0) {
                return;
            }
            if (ssl.write(plain, length, target) != NativeSsl.Result.DONE) {
                throw BoringFailure.of(ssl, null);
            }
            plain.sent(length);
        }
    }

    @Override
    public void closeNotify(LoopCiphers ciphers, Buffer target) {
        if (!ended) {
            ssl.drain(target);
            ssl.shutdown(target);
        }
    }

    /** The alert of the library, if it has found the violation: there is no call for any other one. */
    @Override
    public void alert(LoopCiphers ciphers, Alert alert, Buffer target) {
        if (!ended) {
            ssl.drain(target);
        }
    }

    @Override
    public int overhead() {
        return OVERHEAD;
    }

    @Override
    public void end() {
        ended = true;
        ssl.free();
    }
}
