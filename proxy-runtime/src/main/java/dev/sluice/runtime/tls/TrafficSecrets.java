package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import dev.sluice.runtime.memory.Buffer;

/**
 * Traffic secret, key, IV and record number of each direction of a TLS 1.3 connection (RFC 8446 section 7), in one array: everything that a
 * connection needs to protect its records. On the connection's loop.
 */
public final class TrafficSecrets {
    private static final byte[] LABEL_PREFIX = "tls13 ".getBytes(StandardCharsets.US_ASCII);

    private final RecordSuite suite;
    /** Secret, key and IV for reading, then those for writing. */
    private final byte[] bytes;
    private long readNumber;
    private long writeNumber;

    /**
     * Secrets as a handshake has left them, which are copied.
     *
     * @param readSecret the peer's application traffic secret
     * @param readNumber the number of the next record that is read
     * @param writeSecret the own application traffic secret
     * @param writeNumber the number of the next record that is written
     */
    public TrafficSecrets(RecordSuite suite, byte[] readSecret, long readNumber, byte[] writeSecret, long writeNumber) {
        if (readSecret.length != suite.secretBytes() || writeSecret.length != suite.secretBytes()) {
            throw new IllegalArgumentException("secrets of " + readSecret.length + " and " + writeSecret.length
                    + " bytes; those of " + suite + " have " + suite.secretBytes());
        }
        this.suite = suite;
        this.readNumber = readNumber;
        this.writeNumber = writeNumber;
        this.bytes = new byte[2 * directionBytes()];
        System.arraycopy(readSecret, 0, bytes, 0, readSecret.length);
        System.arraycopy(writeSecret, 0, bytes, directionBytes(), writeSecret.length);
        expand(0);
        expand(directionBytes());
    }

    RecordSuite suite() {
        return suite;
    }

    private int directionBytes() {
        return suite.secretBytes() + suite.keyBytes() + RecordSuite.IV_BYTES;
    }

    /** A copy of a direction's key. */
    SecretKeySpec key(boolean writing) {
        return new SecretKeySpec(bytes, at(writing) + suite.secretBytes(), suite.keyBytes(), suite.keyAlgorithm());
    }

    private int at(boolean writing) {
        return writing ? directionBytes() : 0;
    }

    /**
     * Computes the nonce of a direction's next record, and counts it: the IV, exclusive-or its number (RFC 8446 section 5.3).
     *
     * @param nonce 12 bytes, replaced
     */
    void nextNonce(boolean writing, byte[] nonce) {
        long number = writing ? writeNumber++ : readNumber++;
        System.arraycopy(bytes, at(writing) + suite.secretBytes() + suite.keyBytes(), nonce, 0, RecordSuite.IV_BYTES);
        for (int i = RecordSuite.IV_BYTES - 1; number != 0; i--, number >>>= Byte.SIZE) {
            nonce[i] ^= (byte) number;
        }
    }

    /** The number of a direction's next record: that of the records under the present key. */
    long number(boolean writing) {
        return writing ? writeNumber : readNumber;
    }

    /** A copy of a direction's secret. */
    byte[] secret(boolean writing) {
        return Arrays.copyOfRange(bytes, at(writing), at(writing) + suite.secretBytes());
    }

    /** Replaces a direction's secret by its successor (RFC 8446 section 7.2), and with it key and IV. */
    void update(boolean writing) {
        int at = at(writing);
        byte[] next = derive(suite, secret(writing), "traffic upd", suite.secretBytes());
        System.arraycopy(next, 0, bytes, at, next.length);
        Arrays.fill(next, (byte) 0);
        expand(at);
        if (writing) {
            writeNumber = 0;
        } else {
            readNumber = 0;
        }
    }

    private void expand(int at) {
        byte[] secret = Arrays.copyOfRange(bytes, at, at + suite.secretBytes());
        byte[] key = derive(suite, secret, "key", suite.keyBytes());
        byte[] iv = derive(suite, secret, "iv", RecordSuite.IV_BYTES);
        System.arraycopy(key, 0, bytes, at + secret.length, key.length);
        System.arraycopy(iv, 0, bytes, at + secret.length + key.length, iv.length);
        Arrays.fill(secret, (byte) 0);
        Arrays.fill(key, (byte) 0);
    }

    /** HKDF-Expand-Label of RFC 8446 section 7.1, with an empty context. */
    static byte[] derive(RecordSuite suite, byte[] secret, String label, int length) {
        byte[] name = label.getBytes(StandardCharsets.US_ASCII);
        byte[] info = new byte[4 + LABEL_PREFIX.length + name.length];
        info[0] = (byte) (length >>> Byte.SIZE);
        info[1] = (byte) length;
        info[2] = (byte) (LABEL_PREFIX.length + name.length);
        System.arraycopy(LABEL_PREFIX, 0, info, 3, LABEL_PREFIX.length);
        System.arraycopy(name, 0, info, 3 + LABEL_PREFIX.length, name.length);
        try {
            return KDF.getInstance(suite.kdf())
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "Generic"), info, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + suite.kdf(), e);
        }
    }

    /**
     * Whether a record that these secrets protect has a handshake message. Counts it, and wipes the secrets.
     *
     * @param index of its header
     * @param payload bytes behind the header
     */
    public boolean opensHandshake(LoopCiphers ciphers, Buffer buffer, int index, int payload) {
        try {
            ciphers.open(this, buffer, index, payload);
            return ciphers.type() == RecordFormat.HANDSHAKE;
        } catch (TlsException e) {
            return false;
        } finally {
            wipe();
        }
    }

    /** Overwrites all secrets; nothing can be protected afterwards. */
    void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }
}
