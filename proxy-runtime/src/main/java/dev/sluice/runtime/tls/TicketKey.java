package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

import org.jspecify.annotations.Nullable;

/**
 * A secret from which each place has a key of its own for its tickets: a ticket of one does not open at another, though both have the same file.
 * Immutable; any thread.
 */
public final class TicketKey {
    /** The size of a place's key: a name, a key for HMAC, a key for AES. */
    public static final int DERIVED_BYTES = 48;

    private static final int LONG = 80;
    private static final int SHORT = 48;

    private final byte[] secret;

    private TicketKey(byte[] secret) {
        this.secret = secret;
    }

    /** A new one. */
    public static TicketKey random() {
        byte[] secret = new byte[SHORT];
        new SecureRandom().nextBytes(secret);
        return new TicketKey(secret);
    }

    /** That in a file; null = it is neither 80 bytes nor 48. */
    public static @Nullable TicketKey of(byte[] content) {
        return content.length == LONG || content.length == SHORT ? new TicketKey(content.clone()) : null;
    }

    /**
     * The key of a place.
     *
     * @param place bytes that no other place has
     */
    public byte[] at(byte[] place) {
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(HKDFParameterSpec.ofExtract().addIKM(secret)
                    .addSalt("sluice tickets".getBytes(StandardCharsets.US_ASCII))
                    .thenExpand(place, DERIVED_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HKDF", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TicketKey key && MessageDigest.isEqual(key.secret, secret);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(secret);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TicketKey";
    }
}
