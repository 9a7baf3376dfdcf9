package dev.sluice.runtime.tls;

import java.util.Arrays;

import dev.sluice.runtime.memory.Buffer;

/**
 * The records of a client between the server's flight and its own Finished, in TLS 1.3. They are judged before an engine gets them, by a copy
 * that is opened with the client's handshake secret: engines are lax about some of them, or answer with another alert than other servers do
 * (RFC 8446 sections 4.4.4, 5.1 and 6). What is in order, and what does not decrypt, is left to the engine. On the connection's loop.
 */
public final class ClientFlight {
    private static final int FINISHED = 20;
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int ALERT_BYTES = 2;

    private final RecordSuite suite;
    private final byte[] secret;
    private TrafficSecrets secrets;
    private long number;
    private int messageHeader;
    private int messageHeaderBytes;
    private int messageMissing;

    /** @param secret the client's handshake traffic secret, which stays with the caller */
    public ClientFlight(RecordSuite suite, byte[] secret) {
        this.suite = suite;
        this.secret = secret.clone();
        this.secrets = at(0);
    }

    private TrafficSecrets at(long next) {
        return new TrafficSecrets(suite, secret, next, secret, 0);
    }

    /**
     * Judges a record.
     *
     * @param index of its header
     * @param length with its header
     * @throws TlsException if the client breaks a rule, or has sent an alert
     */
    public void check(LoopCiphers ciphers, Buffer buffer, int index, int length) throws TlsException {
        int payload = length - RecordFormat.HEADER_BYTES;
        switch (buffer.byteAt(index) & 0xff) {
            case RecordFormat.HANDSHAKE -> throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "a handshake message that is not encrypted");
            case RecordFormat.ALERT -> {
                if (payload == ALERT_BYTES) {
                    throw TlsException.received(buffer.byteAt(index + RecordFormat.HEADER_BYTES + 1) & 0xff);
                }
            }
            case RecordFormat.CHANGE_CIPHER_SPEC -> {
                // Of no meaning, but of one form: section 5.
                if (payload != 1 || buffer.byteAt(index + RecordFormat.HEADER_BYTES) != 1) {
                    throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a change_cipher_spec of another form");
                }
            }
            case RecordFormat.APPLICATION_DATA -> {
                if (payload > RecordFormat.MAX_PAYLOAD) {
                    throw TlsException.violation(Alert.RECORD_OVERFLOW, "a record of " + payload + " bytes");
                }
                if (opens(ciphers, buffer, index, payload)) {
                    take(ciphers);
                }
            }
            default -> {
                // Unknown: the engine says so.
            }
        }
    }

    private boolean opens(LoopCiphers ciphers, Buffer buffer, int index, int payload) throws TlsException {
        try {
            ciphers.open(secrets, buffer, index, payload);
            number++;
            return true;
        } catch (TlsException e) {
            if (e.alert() != Alert.BAD_RECORD_MAC) {
                throw e;
            }
            // Early data, which the engine skips, does not count.
            secrets.wipe();
            secrets = at(number);
            return false;
        }
    }

    private void take(LoopCiphers ciphers) throws TlsException {
        int type = ciphers.type();
        int length = ciphers.length();
        if (length == 0 && (type == RecordFormat.HANDSHAKE || type == RecordFormat.ALERT)) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "an empty record of type " + type);
        }
        byte[] bytes = ciphers.output();
        if (type == RecordFormat.ALERT && length == ALERT_BYTES && bytes[1] != (byte) Alert.USER_CANCELED.code()) {
            throw TlsException.received(bytes[1] & 0xff);
        }
        for (int at = 0; type == RecordFormat.HANDSHAKE && at < length;) {
            if (messageMissing > 0) {
                int part = Math.min(messageMissing, length - at);
                at += part;
                messageMissing -= part;
                continue;
            }
            messageHeader = (messageHeader << Byte.SIZE) | (bytes[at++] & 0xff);
            if (++messageHeaderBytes == MESSAGE_HEADER_BYTES) {
                messageHeaderBytes = 0;
                messageMissing = messageHeader & 0xff_ffff;
                if ((messageHeader >>> (3 * Byte.SIZE)) == FINISHED && messageMissing != suite.secretBytes()) {
                    throw TlsException.violation(Alert.DECODE_ERROR, "a Finished of " + messageMissing + " bytes");
                }
            }
        }
    }

    /** Overwrites the secrets. */
    public void end() {
        secrets.wipe();
        Arrays.fill(secret, (byte) 0);
    }
}
