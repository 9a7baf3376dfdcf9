package dev.sluice.runtime.tls.pem;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The little of DER (ITU-T X.690) that turns the older forms of private keys into PKCS #8 (RFC 5208). */
final class Der {
    static final byte[] NULL = {5, 0};

    /** The first byte of everything that is DER here. */
    static final int SEQUENCE = 0x30;
    private static final int INTEGER = 2;
    private static final int OCTETS = 4;
    private static final int OID = 6;
    /** The parameters in an EC private key, RFC 5915. */
    private static final int PARAMETERS = 0xa0;

    private Der() {}

    /** A private key in PKCS #8: version, algorithm with parameters, key. */
    static byte[] privateKey(String algorithm, byte[] parameters, byte[] key) {
        return element(SEQUENCE, element(INTEGER, new byte[]{0}), element(SEQUENCE, oid(algorithm), parameters),
                element(OCTETS, key));
    }

    /**
     * The curve in an EC private key.
     *
     * @throws IOException if it does not name one
     */
    static byte[] curveOf(byte[] key) throws IOException {
        try {
            int at = contentAt(key, 0);
            while (at < key.length) {
                int content = contentAt(key, at);
                int end = content + length(key, at);
                if ((key[at] & 0xff) == PARAMETERS) {
                    return java.util.Arrays.copyOfRange(key, content, end);
                }
                at = end;
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("has an EC private key that cannot be read", e);
        }
        throw new IOException("has an EC private key without its curve; convert it with: openssl pkey -in FILE");
    }

    private static int contentAt(byte[] bytes, int at) {
        int first = bytes[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] bytes, int at) {
        int first = bytes[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << Byte.SIZE) | (bytes[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (length < 0x80) {
            element.write(length);
        } else if (length < 0x100) {
            element.writeBytes(new byte[]{(byte) 0x81, (byte) length});
        } else {
            element.writeBytes(new byte[]{(byte) 0x82, (byte) (length >>> Byte.SIZE), (byte) length});
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    private static byte[] oid(String dotted) {
        String[] parts = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(Integer.parseInt(parts[0]) * 40 + Integer.parseInt(parts[1]));
        for (int i = 2; i < parts.length; i++) {
            int value = Integer.parseInt(parts[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (value >>> shift != 0) {
                    content.write(0x80 | ((value >>> shift) & 0x7f));
                }
            }
            content.write(value & 0x7f);
        }
        return element(OID, content.toByteArray());
    }
}
