package dev.sluice.runtime.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The other end of a TLS 1.3 connection after its handshake, by code of its own, which writes whatever a test wants: any type, any padding,
 * any header.
 */
public final class TestingRecordPeer {
    private final String hash;
    private final String cipher;
    private final int keyBytes;
    private byte[] writeSecret;
    private byte[] readSecret;
    private long written;
    private long read;

    /** A record that was read. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Opened(int type, byte[] content) {}

    /** @param suite one of the names in the registry of IANA */
    TestingRecordPeer(String suite, byte[] readSecret, byte[] writeSecret) {
        this.hash = suite.endsWith("384") ? "HmacSHA384" : "HmacSHA256";
        this.cipher = suite.contains("CHACHA") ? "ChaCha20-Poly1305" : "AES/GCM/NoPadding";
        this.keyBytes = suite.contains("AES_128") ? 16 : 32;
        this.readSecret = readSecret.clone();
        this.writeSecret = writeSecret.clone();
    }

    /** The other end of a client whose handshake is done. */
    public static TestingRecordPeer of(String suite, TrafficSecrets secrets) {
        TestingRecordPeer peer = new TestingRecordPeer(suite, secrets.secret(false), secrets.secret(true));
        peer.read = secrets.number(false);
        peer.written = secrets.number(true);
        return peer;
    }

    /** The secrets by which it reads and writes now, in hexadecimal. */
    public List<String> secrets() {
        return List.of(HexFormat.of().formatHex(readSecret), HexFormat.of().formatHex(writeSecret));
    }

    private byte[] expand(byte[] secret, String label, int length) throws GeneralSecurityException {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        Mac mac = Mac.getInstance(hash);
        mac.init(new SecretKeySpec(secret, hash));
        mac.update(ByteBuffer.allocate(4 + name.length + 1).putShort((short) length).put((byte) name.length).put(name)
                .put((byte) 0)
                .put((byte) 1).array());
        return Arrays.copyOf(mac.doFinal(), length);
    }

    private Cipher cipher(int mode, byte[] secret, long number) throws GeneralSecurityException {
        byte[] nonce = expand(secret, "iv", 12);
        ByteBuffer counter = ByteBuffer.wrap(nonce);
        counter.putLong(4, counter.getLong(4) ^ number);
        Cipher made = Cipher.getInstance(cipher);
        boolean gcm = cipher.startsWith("AES");
        made.init(mode, new SecretKeySpec(expand(secret, "key", keyBytes), gcm ? "AES" : "ChaCha20"),
                gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce));
        return made;
    }

    /** A record with this content and so many zeros behind it. */
    public byte[] record(int type, byte[] content, int padding) throws GeneralSecurityException {
        byte[] inner = Arrays.copyOf(content, content.length + 1 + padding);
        inner[content.length] = (byte) type;
        return sealed(inner);
    }

    public byte[] record(int type, int... content) throws GeneralSecurityException {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return record(type, bytes, 0);
    }

    public byte[] data(String text) throws GeneralSecurityException {
        return record(23, text.getBytes(StandardCharsets.US_ASCII), 0);
    }

    /** A KeyUpdate, after which this end writes with the next key. */
    public byte[] keyUpdate(int request) throws GeneralSecurityException {
        byte[] record = record(22, 24, 0, 0, 1, request);
        updateKey();
        return record;
    }

    /** Goes over to the next key for writing. */
    void updateKey() throws GeneralSecurityException {
        writeSecret = expand(writeSecret, "traffic upd", writeSecret.length);
        written = 0;
    }

    /** A record whose inner plaintext is exactly this. */
    public byte[] sealed(byte[] inner) throws GeneralSecurityException {
        byte[] header = header(23, inner.length + 16);
        Cipher made = cipher(Cipher.ENCRYPT_MODE, writeSecret, written++);
        made.updateAAD(header);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(header);
        record.writeBytes(made.doFinal(inner));
        return record.toByteArray();
    }

    static byte[] header(int type, int length) {
        return new byte[]{(byte) type, 3, 3, (byte) (length >> 8), (byte) length};
    }

    /** Opens records; a KeyUpdate among them is followed. */
    public List<Opened> open(byte[] records) throws GeneralSecurityException {
        List<Opened> opened = new ArrayList<>();
        for (int at = 0; at < records.length;) {
            int length = ((records[at + 3] & 0xff) << 8) | (records[at + 4] & 0xff);
            Cipher made = cipher(Cipher.DECRYPT_MODE, readSecret, read++);
            made.updateAAD(records, at, 5);
            byte[] inner = made.doFinal(records, at + 5, length);
            int end = inner.length - 1;
            while (inner[end] == 0) {
                end--;
            }
            opened.add(new Opened(inner[end], Arrays.copyOf(inner, end)));
            if (inner[end] == 22 && inner[0] == 24) {
                readSecret = expand(readSecret, "traffic upd", readSecret.length);
                read = 0;
            }
            at += 5 + length;
        }
        return opened;
    }
}
