package dev.sluice.runtime.tls;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

import dev.sluice.runtime.memory.Buffer;

/**
 * The ciphers of an event loop, and room for one record before and after them. They are keyed for each record, so that connections have none;
 * that costs nothing beside the cipher itself. Records are copied to arrays and back, because the ciphers of the JDK cut direct memory into
 * small pieces. On the loop.
 */
public final class LoopCiphers {
    private final Map<RecordSuite, Cipher> opening = new EnumMap<>(RecordSuite.class);
    private final Map<RecordSuite, Cipher> sealing = new EnumMap<>(RecordSuite.class);
    private final byte[] input = new byte[RecordFormat.MAX_RECORD];
    private final byte[] output = new byte[RecordFormat.MAX_RECORD];
    private final byte[] nonce = new byte[RecordSuite.IV_BYTES];
    private int type;
    private int length;

    private final HandshakeBudget budget = new HandshakeBudget();

    /** Ciphers, none of them made yet. */
    public LoopCiphers() {}

    /** The time that is left for handshakes in this turn of the loop. */
    public HandshakeBudget budget() {
        return budget;
    }

    /** Room for the bytes before a cipher. */
    public byte[] input() {
        return input;
    }

    /** The bytes after a cipher. */
    public byte[] output() {
        return output;
    }

    /** The type of content of the record that was opened last. */
    int type() {
        return type;
    }

    /** The number of bytes of content of the record that was opened last, at the beginning of {@link #output}. */
    int length() {
        return length;
    }

    /**
     * Opens a record into {@link #output}.
     *
     * @param index of its header in the buffer
     * @param payload bytes behind the header, at most {@link RecordFormat#MAX_PAYLOAD}
     */
    void open(TrafficSecrets secrets, Buffer buffer, int index, int payload) throws TlsException {
        if (payload < RecordSuite.TAG_BYTES) {
            throw TlsException.violation(Alert.BAD_RECORD_MAC,
                    "a record of " + payload + " bytes has no place for its tag");
        }
        buffer.copyTo(index, input, 0, RecordFormat.HEADER_BYTES + payload);
        int content;
        try {
            Cipher cipher = keyed(secrets, false);
            cipher.updateAAD(input, 0, RecordFormat.HEADER_BYTES);
            content = cipher.doFinal(input, RecordFormat.HEADER_BYTES, payload, output, 0);
        } catch (AEADBadTagException e) {
            throw TlsException.violation(Alert.BAD_RECORD_MAC, "a record does not decrypt");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot open records of " + secrets.suite(), e);
        }
        if (content > RecordFormat.MAX_CONTENT + 1) {
            throw TlsException.violation(Alert.RECORD_OVERFLOW,
                    "a record with " + content + " bytes of content and padding");
        }
        do {
            content--;
        } while (content >= 0 && output[content] == 0);
        if (content < 0) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record of padding only");
        }
        type = output[content] & 0xff;
        length = content;
    }

    /**
     * Seals bytes of {@link #input}, and appends the record.
     *
     * @param contentType its type of content
     * @param content number of bytes, at most {@link RecordFormat#MAX_CONTENT}
     * @param target a buffer with {@link TrafficRecords#OVERHEAD} bytes more room
     */
    void seal(TrafficSecrets secrets, int contentType, int content, Buffer target) {
        input[content] = (byte) contentType;
        int payload = content + 1 + RecordSuite.TAG_BYTES;
        output[0] = RecordFormat.APPLICATION_DATA;
        output[1] = RecordFormat.LEGACY_VERSION >>> Byte.SIZE;
        output[2] = RecordFormat.LEGACY_VERSION & 0xff;
        output[3] = (byte) (payload >>> Byte.SIZE);
        output[4] = (byte) payload;
        try {
            Cipher cipher = keyed(secrets, true);
            cipher.updateAAD(output, 0, RecordFormat.HEADER_BYTES);
            int sealed = cipher.doFinal(input, 0, content + 1, output, RecordFormat.HEADER_BYTES);
            target.append(output, 0, RecordFormat.HEADER_BYTES + sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal records of " + secrets.suite(), e);
        }
    }

    private Cipher keyed(TrafficSecrets secrets, boolean writing) throws GeneralSecurityException {
        RecordSuite suite = secrets.suite();
        Map<RecordSuite, Cipher> made = writing ? sealing : opening;
        Cipher cipher = made.get(suite);
        if (cipher == null) {
            cipher = Cipher.getInstance(suite.transformation());
            made.put(suite, cipher);
        }
        secrets.nextNonce(writing, nonce);
        Key key = secrets.key(writing);
        AlgorithmParameterSpec parameters = suite == RecordSuite.CHACHA20_POLY1305
                ? new IvParameterSpec(nonce)
                : new GCMParameterSpec(RecordSuite.TAG_BYTES * Byte.SIZE, nonce);
        cipher.init(writing ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE, key, parameters);
        return cipher;
    }
}
