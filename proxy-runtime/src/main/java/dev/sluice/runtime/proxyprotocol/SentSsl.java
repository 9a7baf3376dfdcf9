package dev.sluice.runtime.proxyprotocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** The value of PP2_TYPE_SSL about a client whose TLS has ended at the proxy. Pure. */
public final class SentSsl {
    private static final int USES_TLS = 0x01;
    /** The certificate was shown in this connection, and in its session. */
    private static final int HAS_CERTIFICATE = 0x02 | 0x04;
    private static final byte[] VERIFIED = {0, 0, 0, 0};
    private static final byte[] NOT_VERIFIED = {0, 0, 0, 1};
    private static final int LONGEST = 255;

    private SentSsl() {}

    /**
     * The value.
     *
     * @param version as in {@code TLSv1.3}
     * @param cipher the suite, by the name of OpenSSL
     * @param certificate whether the client has shown a certificate, which was verified
     * @param commonName that of its certificate; null = it has none
     */
    public static byte[] value(String version, String cipher, boolean certificate, @Nullable String commonName) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(USES_TLS | (certificate ? HAS_CERTIFICATE : 0));
        // 0 is for a certificate that is good, and for nothing else.
        value.writeBytes(certificate ? VERIFIED : NOT_VERIFIED);
        add(value, Tlv.SSL_VERSION, version);
        if (commonName != null) {
            add(value, Tlv.SSL_COMMON_NAME, commonName);
        }
        add(value, Tlv.SSL_CIPHER, cipher);
        return value.toByteArray();
    }

    private static void add(ByteArrayOutputStream value, int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] bounded = bytes.length > LONGEST ? Arrays.copyOf(bytes, LONGEST) : bytes;
        value.write(type);
        value.write(0);
        value.write(bounded.length);
        value.writeBytes(bounded);
    }
}
