package dev.sluice.runtime.tls.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A file in PEM (RFC 7468): certificates, private keys, lists of revoked certificates. Any thread. */
public final class PemFile {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final long MOST_BYTES = 4 << 20;
    private static final long MOST_BYTES_OF_LISTS = 64 << 20;
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Block(String label, byte[] bytes) {}

    private final List<Block> blocks;

    private PemFile(List<Block> blocks) {
        this.blocks = blocks;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is no PEM; the message is the end of a sentence that begins with its path
     */
    public static PemFile read(Path file) throws IOException {
        return parse(new String(content(file, MOST_BYTES, "certificates"), StandardCharsets.ISO_8859_1));
    }

    /**
     * Parses the text of a file.
     *
     * @throws IOException as {@link #read}
     */
    public static PemFile parse(String text) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            String body = block.group(2);
            if (body.contains(":")) {
                throw new IOException("has a private key that is encrypted in the old form (Proc-Type, DEK-Info);"
                        + " convert it with: openssl pkcs8 -topk8 -in FILE");
            }
            try {
                blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException e) {
                throw new IOException("has a block " + block.group(1) + " that is not Base64", e);
            }
        }
        if (blocks.isEmpty()) {
            throw new IOException(
                    "is not PEM: it has no line -----BEGIN CERTIFICATE----- or -----BEGIN PRIVATE KEY-----");
        }
        return new PemFile(blocks);
    }

    /**
     * Its certificates, in their order; perhaps none.
     *
     * @throws IOException if one cannot be read
     */
    public List<X509Certificate> certificates() throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                    certificates
                            .add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes)));
                }
            }
        } catch (CertificateException e) {
            throw new IOException("has a certificate that cannot be read: " + e.getMessage(), e);
        }
        return certificates;
    }

    /**
     * The lists of revoked certificates in a file, in PEM or DER, in their order.
     *
     * @throws IOException if it cannot be read, or has none; the message as that of {@link #read}
     */
    public static List<X509CRL> revocations(Path file) throws IOException {
        byte[] content = content(file, MOST_BYTES_OF_LISTS, "lists of revoked certificates");
        List<byte[]> lists = new ArrayList<>();
        if (content.length > 0 && content[0] == Der.SEQUENCE) {
            lists.add(content);
        } else {
            for (Block block : parse(new String(content, StandardCharsets.ISO_8859_1)).blocks) {
                if (block.label.equals("X509 CRL")) {
                    lists.add(block.bytes);
                }
            }
        }
        if (lists.isEmpty()) {
            throw new IOException("has no list of revoked certificates, which begins with -----BEGIN X509 CRL-----");
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509CRL> revocations = new ArrayList<>();
            for (byte[] list : lists) {
                revocations.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(list)));
            }
            return revocations;
        } catch (CertificateException | CRLException e) {
            throw new IOException("has a list of revoked certificates that cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] content(Path file, long most, String of) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(Files.exists(file) ? "is no file" : "does not exist");
        }
        if (Files.size(file) > most) {
            throw new IOException("has more than " + (most >> 20) + " MiB, which is no file of " + of);
        }
        return Files.readAllBytes(file);
    }

    /**
     * Its private key.
     *
     * @throws IOException if there is none, more than one, or one that cannot be read
     */
    public PrivateKey key() throws IOException {
        return key(null);
    }

    /** Whether a private key in it is encrypted, and can be had with a password. */
    public boolean hasEncryptedKey() {
        return blocks.stream().anyMatch(block -> block.label.equals(ENCRYPTED));
    }

    /**
     * Its private key, which may be encrypted.
     *
     * @param password null = none is known
     * @throws IOException as {@link #key()}
     */
    public PrivateKey key(char @Nullable [] password) throws IOException {
        List<Block> keys = blocks.stream().filter(block -> block.label.endsWith("PRIVATE KEY")).toList();
        if (keys.size() != 1) {
            throw new IOException(keys.isEmpty()
                    ? "has no private key"
                    : "has " + keys.size() + " private keys, and only one can be used");
        }
        Block key = keys.getFirst();
        return switch (key.label) {
            case "PRIVATE KEY" -> decode(key.bytes);
            case "RSA PRIVATE KEY" -> decode(Der.privateKey(RSA, Der.NULL, key.bytes));
            case "EC PRIVATE KEY" -> decode(Der.privateKey(EC, Der.curveOf(key.bytes), key.bytes));
            case ENCRYPTED -> {
                if (password == null) {
                    throw new IOException("has a private key with a password, which a keyPasswordFile has to name");
                }
                yield decode(EncryptedKey.decrypt(key.bytes, password));
            }
            default -> throw new IOException("has a private key of a form that is not supported: " + key.label);
        };
    }

    private static PrivateKey decode(byte[] pkcs8) throws IOException {
        GeneralSecurityException last = null;
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw new IOException("has a private key that is not RSA, EC or Ed25519", last);
    }
}
