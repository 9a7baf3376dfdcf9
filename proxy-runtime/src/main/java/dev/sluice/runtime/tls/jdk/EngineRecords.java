package dev.sluice.runtime.tls.jdk;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.TrafficRecords;
import dev.sluice.runtime.tls.TrafficSecrets;
import org.jspecify.annotations.Nullable;

/**
 * The record layer of a connection whose engine is kept: TLS 1.2, and TLS 1.3 where the secrets cannot be taken out of it. The engine is fed
 * single whole records, in arrays, so that it keeps none. On the connection's loop.
 */
final class EngineRecords extends Records {
    /** Header, explicit nonce or IV, tag or MAC, and a block of padding. */
    private static final int OVERHEAD = 128;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final @Nullable EngineSecrets secrets;
    private final boolean awaitsTickets;
    private byte emptyRecords;
    private boolean closed;
    private boolean received;
    /** Whether the engine has thrown, and has an alert of its own. */
    private boolean failed;

    /**
     * The records of an engine whose handshake is done.
     *
     * @param secrets the way into the engine, for half-close in TLS 1.2; null = there is none, and close_notify ends both directions there
     * @param awaitsTickets whether the engine is dropped once something has been received
     */
    EngineRecords(SSLEngine engine, @Nullable EngineSecrets secrets, boolean awaitsTickets) {
        this.engine = engine;
        this.secrets = secrets;
        this.awaitsTickets = awaitsTickets;
    }

    @Override
    public int open(LoopCiphers ciphers, Buffer buffer, int from) throws TlsException {
        int data = from;
        int at = from;
        while (!closed) {
            int length = length(buffer, at);
            if (length > RecordFormat.MAX_RECORD) {
                throw TlsException.violation(Alert.RECORD_OVERFLOW,
                        "a record of " + (length - RecordFormat.HEADER_BYTES) + " bytes");
            }
            if (length < 0 || buffer.content() - at < length) {
                break;
            }
            if (isBehindTickets(ciphers, buffer, at, length)) {
                received = true;
                break;
            }
            buffer.copyTo(at, ciphers.input(), 0, length);
            int content = unwrap(ciphers, length);
            // Only behind data is no handshake message in the middle: a ticket may be in several records.
            received = content > 0;
            at += length;
            buffer.replace(data, ciphers.output(), 0, content);
            data += content;
        }
        buffer.remove(data, closed ? buffer.content() : at);
        return data;
    }

    private int unwrap(LoopCiphers ciphers, int length) throws TlsException {
        int type = ciphers.input()[0];
        if (type == RecordFormat.HANDSHAKE || type == RecordFormat.CHANGE_CIPHER_SPEC) {
            // In TLS 1.2 it would be a second handshake, on the event loop.
            throw TlsException.violation(Alert.NO_RENEGOTIATION, "a second handshake");
        }
        if (secrets != null && type == RecordFormat.ALERT) {
            alert(secrets.alert(engine, ciphers.input(), length));
            return 0;
        }
        ByteBuffer record = ByteBuffer.wrap(ciphers.input(), 0, length);
        try {
            SSLEngineResult result = engine.unwrap(record, ByteBuffer.wrap(ciphers.output()));
            runTasks();
            switch (result.getStatus()) {
                case OK -> {
                    if (record.hasRemaining()) {
                        throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record that is not expected");
                    }
                }
                case CLOSED -> closed = true;
                case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
                    throw TlsException.violation(Alert.DECODE_ERROR, "a record that is not whole");
            }
            int content = result.bytesProduced();
            if (content > 0) {
                emptyRecords = 0;
            } else if (!closed && ++emptyRecords > MAX_EMPTY_RECORDS) {
                throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                        "more than " + MAX_EMPTY_RECORDS + " records in a row without data");
            }
            return content;
        } catch (SSLException e) {
            failed = true;
            throw EngineFailure.of(e);
        }
    }

    /** Whether a record is something else than a ticket: then the engine is dropped before it, since it is laxer, and stricter, than it may be. */
    private boolean isBehindTickets(LoopCiphers ciphers, Buffer buffer, int index, int length) throws TlsException {
        EngineSecrets way = secrets;
        if (!awaitsTickets || way == null || answers() || engine.isOutboundDone()
                || buffer.byteAt(index) != RecordFormat.APPLICATION_DATA) {
            return false;
        }
        TrafficSecrets now = way.of(engine);
        return now != null && !now.opensHandshake(ciphers, buffer, index, length - RecordFormat.HEADER_BYTES);
    }

    private void alert(int code) throws TlsException {
        if (code < 0) {
            throw TlsException.violation(Alert.BAD_RECORD_MAC, "an alert that does not decrypt");
        } else if (code == Alert.CLOSE_NOTIFY.code()) {
            closed = true;
        } else if (code != Alert.USER_CANCELED.code() && code != Alert.NO_RENEGOTIATION.code()) {
            throw TlsException.received(code);
        } else if (++emptyRecords > MAX_EMPTY_RECORDS) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "more than " + MAX_EMPTY_RECORDS + " alerts in a row");
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** The records without the engine: servers send tickets before their first data, and with those that come later nothing is done. */
    @Override
    public Records settled() {
        if (!awaitsTickets || !received || closed || secrets == null || answers() || engine.isOutboundDone()) {
            return this;
        }
        TrafficSecrets found = secrets.of(engine);
        return found == null ? this : new TrafficRecords(found, true);
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
        return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone() && !closed;
    }

    @Override
    public void seal(LoopCiphers ciphers, Buffer plain, Buffer target) throws TlsException {
        try {
            while (answers() && target.readLimit() >= RecordFormat.MAX_RECORD) {
                wrap(ciphers, NOTHING, target);
            }
            while (plain.remaining() > 0) {
                int length = Math.min(Math.min(plain.remaining(), RecordFormat.MAX_CONTENT),
                        target.readLimit() - OVERHEAD);
                if (length <= 0) {
                    return;
                }
                plain.copyTo(0, ciphers.input(), 0, length);
                // An engine may take less than it is given, in favour of its own messages.
                plain.sent(wrap(ciphers, ByteBuffer.wrap(ciphers.input(), 0, length), target));
            }
        } catch (SSLException e) {
            throw EngineFailure.of(e);
        }
    }

    /** @return the number of bytes that were taken */
    private int wrap(LoopCiphers ciphers, ByteBuffer plain, Buffer target) throws SSLException {
        ByteBuffer record = ByteBuffer.wrap(ciphers.output());
        SSLEngineResult result = engine.wrap(plain, record);
        if (result.bytesProduced() == 0) {
            throw new SSLException("the engine makes no records: " + result.getStatus());
        }
        target.append(ciphers.output(), 0, result.bytesProduced());
        return result.bytesConsumed();
    }

    @Override
    public void closeNotify(LoopCiphers ciphers, Buffer target) {
        engine.closeOutbound();
        lastRecords(ciphers, target);
    }

    @Override
    public void alert(LoopCiphers ciphers, Alert alert, Buffer target) {
        // An engine that has failed has its own alert ready, and cannot be asked for another one. One that has not would say close_notify,
        // and a stream that was cut would look complete.
        if (failed) {
            engine.closeOutbound();
            lastRecords(ciphers, target);
        }
    }

    private void lastRecords(LoopCiphers ciphers, Buffer target) {
        EngineFailure.lastRecords(engine, ciphers.output(), target);
    }

    @Override
    public int overhead() {
        return OVERHEAD;
    }

    @Override
    public void end() {
        engine.closeOutbound();
    }
}
