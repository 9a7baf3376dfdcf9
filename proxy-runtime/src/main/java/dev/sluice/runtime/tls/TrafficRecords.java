package dev.sluice.runtime.tls;

import dev.sluice.runtime.memory.Buffer;

/**
 * The record layer of TLS 1.3 after its handshake, RFC 8446 sections 4.6, 5 and 6, without an engine. On the connection's loop.
 *
 * <pre>
 *   content             taken                                        refused with
 *   -----------------   ------------------------------------------   --------------------------------------------------------------
 *   application data    up to 2^14 bytes                             record_overflow
 *                       empty, 32 in a row                           unexpected_message
 *   KeyUpdate           whole or in parts, 32 without data between   unexpected_message: data behind it, or between its parts
 *                       0 and 1                                      illegal_parameter; another length: decode_error
 *   NewSessionTicket    from a server, and forgotten                 from a client: unexpected_message
 *   other handshake     never: no second handshake, no second        unexpected_message
 *                       request for a certificate
 *   alert               close_notify, user_canceled; fatal ones end  decode_error: not two bytes
 *   change_cipher_spec  never                                        unexpected_message
 *   not encrypted       never                                        unexpected_message
 * </pre>
 */
public final class TrafficRecords extends Records {
    /** Bytes that a record has more than its content: header, type of content, tag. */
    static final int OVERHEAD = RecordFormat.HEADER_BYTES + 1 + RecordSuite.TAG_BYTES;

    private static final int NEW_SESSION_TICKET = 4;
    private static final int KEY_UPDATE = 24;
    /** Header and content of a KeyUpdate. */
    private static final byte[] KEY_UPDATE_NOT_REQUESTED = {KEY_UPDATE, 0, 0, 1, 0};
    private static final int MESSAGE_HEADER_BYTES = 4;
    /** The longest ticket: its parts have 16-bit lengths. */
    private static final int MAX_TICKET = 3 << 16;
    /** Records under one key, after which it is replaced; AES-GCM allows 2^24.5, section 5.5. */
    private static final long RECORDS_PER_KEY = 1L << 24;
    private static final int FATAL = 2;
    private static final int WARNING = 1;

    private final TrafficSecrets secrets;
    private final boolean fromServer;
    /** Of a handshake message that has begun: the header as far as it is known, and the bytes that are missing behind it. */
    private int messageHeader;
    private int messageMissing;
    private byte messageHeaderBytes;
    private byte emptyRecords;
    private boolean closed;
    /** KeyUpdates that are owed to the peer. */
    private byte answers;

    /**
     * A record layer.
     *
     * @param fromServer whether the peer is the server
     */
    public TrafficRecords(TrafficSecrets secrets, boolean fromServer) {
        this.secrets = secrets;
        this.fromServer = fromServer;
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
            check(buffer.byteAt(at) & 0xff, length - RecordFormat.HEADER_BYTES);
            if (buffer.content() - at < length) {
                break;
            }
            ciphers.open(secrets, buffer, at, length - RecordFormat.HEADER_BYTES);
            at += length;
            take(ciphers);
            if (ciphers.type() == RecordFormat.APPLICATION_DATA) {
                buffer.replace(data, ciphers.output(), 0, ciphers.length());
                data += ciphers.length();
            }
        }
        buffer.remove(data, closed ? buffer.content() : at);
        return data;
    }

    private static void check(int type, int payload) throws TlsException {
        if (type != RecordFormat.APPLICATION_DATA) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "a record of type " + type + " that is not encrypted");
        }
        if (payload > RecordFormat.MAX_PAYLOAD) {
            throw TlsException.violation(Alert.RECORD_OVERFLOW, "a record of " + payload + " bytes");
        }
    }

    /** Acts upon the record that was opened. */
    private void take(LoopCiphers ciphers) throws TlsException {
        int type = ciphers.type();
        if (messageHeaderBytes > 0 && type != RecordFormat.HANDSHAKE) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "a record of type " + type + " within a handshake message");
        }
        if (type == RecordFormat.APPLICATION_DATA && ciphers.length() > 0) {
            emptyRecords = 0;
            return;
        }
        if (type != RecordFormat.ALERT || ciphers.length() != 2 || ciphers.output()[1] == Alert.USER_CANCELED.code()) {
            countEmpty();
        }
        switch (type) {
            case RecordFormat.APPLICATION_DATA -> {
                // Empty ones hide when nothing is said.
            }
            case RecordFormat.HANDSHAKE -> message(ciphers.output(), ciphers.length());
            case RecordFormat.ALERT -> alert(ciphers.output(), ciphers.length());
            default -> throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record with content of type " + type);
        }
    }

    private void countEmpty() throws TlsException {
        if (++emptyRecords > MAX_EMPTY_RECORDS) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "more than " + MAX_EMPTY_RECORDS + " records in a row without data");
        }
    }

    private void message(byte[] bytes, int length) throws TlsException {
        if (length == 0) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "an empty record of type handshake");
        }
        for (int at = 0; at < length;) {
            if (messageHeaderBytes < MESSAGE_HEADER_BYTES) {
                messageHeader = (messageHeader << Byte.SIZE) | (bytes[at++] & 0xff);
                messageHeaderBytes++;
                if (messageHeaderBytes == MESSAGE_HEADER_BYTES) {
                    begin(messageHeader >>> 24, messageHeader & 0xff_ffff);
                }
                continue;
            }
            int part = Math.min(messageMissing, length - at);
            at += part;
            messageMissing -= part;
            if (messageMissing == 0) {
                messageHeaderBytes = 0;
                if (messageHeader >>> 24 == KEY_UPDATE) {
                    keyUpdate(bytes[at - 1], at == length);
                }
            }
        }
    }

    private void begin(int type, int length) throws TlsException {
        if (type == KEY_UPDATE) {
            if (length != 1) {
                throw TlsException.violation(Alert.DECODE_ERROR, "a KeyUpdate of " + length + " bytes");
            }
        } else if (type != NEW_SESSION_TICKET || !fromServer) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "a handshake message of type " + type + " after the handshake");
        } else if (length == 0 || length > MAX_TICKET) {
            throw TlsException.violation(Alert.DECODE_ERROR, "a ticket of " + length + " bytes");
        }
        messageMissing = length;
    }

    private void keyUpdate(byte request, boolean last) throws TlsException {
        if (!last) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record with bytes behind a KeyUpdate");
        }
        if (request != 0 && request != 1) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER, "a KeyUpdate that is neither asked for nor not");
        }
        secrets.update(false);
        if (request == 1 && answers < MAX_EMPTY_RECORDS) {
            // Each request has an answer of its own, as from other servers; section 4.6.3 would allow one for all, which bounds them.
            answers++;
        }
    }

    private void alert(byte[] bytes, int length) throws TlsException {
        if (length != 2) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "an alert of " + length + " bytes");
        }
        int code = bytes[1] & 0xff;
        // The level has no meaning in TLS 1.3: these two are no errors, and all others are.
        if (code == Alert.CLOSE_NOTIFY.code()) {
            closed = true;
        } else if (code != Alert.USER_CANCELED.code()) {
            throw TlsException.received(code);
        }
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public boolean answers() {
        return answers > 0;
    }

    @Override
    public void seal(LoopCiphers ciphers, Buffer plain, Buffer target) {
        while (answers > 0 && target.readLimit() >= OVERHEAD + KEY_UPDATE_NOT_REQUESTED.length) {
            updateKey(ciphers, target);
            answers--;
        }
        while (plain.remaining() > 0) {
            int length = Math.min(Math.min(plain.remaining(), RecordFormat.MAX_CONTENT), target.readLimit() - OVERHEAD);
            if (length <= 0) {
                return;
            }
            if (secrets.number(true) >= RECORDS_PER_KEY) {
                if (target.readLimit() < 2 * OVERHEAD + KEY_UPDATE_NOT_REQUESTED.length + 1) {
                    return;
                }
                updateKey(ciphers, target);
                continue;
            }
            plain.copyTo(0, ciphers.input(), 0, length);
            ciphers.seal(secrets, RecordFormat.APPLICATION_DATA, length, target);
            plain.sent(length);
        }
    }

    private void updateKey(LoopCiphers ciphers, Buffer target) {
        System.arraycopy(KEY_UPDATE_NOT_REQUESTED, 0, ciphers.input(), 0, KEY_UPDATE_NOT_REQUESTED.length);
        ciphers.seal(secrets, RecordFormat.HANDSHAKE, KEY_UPDATE_NOT_REQUESTED.length, target);
        secrets.update(true);
    }

    @Override
    public void closeNotify(LoopCiphers ciphers, Buffer target) {
        alert(ciphers, WARNING, Alert.CLOSE_NOTIFY, target);
    }

    @Override
    public void alert(LoopCiphers ciphers, Alert alert, Buffer target) {
        alert(ciphers, FATAL, alert, target);
    }

    private void alert(LoopCiphers ciphers, int level, Alert alert, Buffer target) {
        ciphers.input()[0] = (byte) level;
        ciphers.input()[1] = (byte) alert.code();
        ciphers.seal(secrets, RecordFormat.ALERT, 2, target);
    }

    @Override
    public int overhead() {
        return OVERHEAD;
    }

    @Override
    public void end() {
        secrets.wipe();
    }
}
