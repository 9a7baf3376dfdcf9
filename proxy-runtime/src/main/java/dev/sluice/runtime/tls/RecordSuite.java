package dev.sluice.runtime.tls;

import org.jspecify.annotations.Nullable;

/**
 * A cipher suite of TLS 1.3 whose records are protected here, RFC 8446 appendix B.4. Each has tags of {@value #TAG_BYTES} bytes and nonces of
 * {@value #IV_BYTES}.
 */
public enum RecordSuite {
    AES_128_GCM("TLS_AES_128_GCM_SHA256", "AES", "AES/GCM/NoPadding", 16, "HKDF-SHA256", 32),
    AES_256_GCM("TLS_AES_256_GCM_SHA384", "AES", "AES/GCM/NoPadding", 32, "HKDF-SHA384", 48),
    CHACHA20_POLY1305("TLS_CHACHA20_POLY1305_SHA256", "ChaCha20", "ChaCha20-Poly1305", 32, "HKDF-SHA256", 32);

    static final int TAG_BYTES = 16;
    static final int IV_BYTES = 12;

    private final String label;
    private final String keyAlgorithm;
    private final String transformation;
    private final int keyBytes;
    private final String kdf;
    private final int secretBytes;

    RecordSuite(String label, String keyAlgorithm, String transformation, int keyBytes, String kdf, int secretBytes) {
        this.label = label;
        this.keyAlgorithm = keyAlgorithm;
        this.transformation = transformation;
        this.keyBytes = keyBytes;
        this.kdf = kdf;
        this.secretBytes = secretBytes;
    }

    /** The suite of a name in the registry of IANA; null = it is none of these. */
    public static @Nullable RecordSuite of(String label) {
        for (RecordSuite suite : values()) {
            if (suite.label.equals(label)) {
                return suite;
            }
        }
        return null;
    }

    /** The name in the registry of IANA. */
    public String label() {
        return label;
    }

    /** The name of its cipher's keys in the JCA. */
    String keyAlgorithm() {
        return keyAlgorithm;
    }

    /** The name of its cipher in the JCA. */
    String transformation() {
        return transformation;
    }

    int keyBytes() {
        return keyBytes;
    }

    /** The name of its key derivation in the JCA. */
    String kdf() {
        return kdf;
    }

    /** The length of a traffic secret, which is that of the suite's hash. */
    int secretBytes() {
        return secretBytes;
    }
}
