package dev.sluice.runtime.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** An authority that certifies whatever a test wants, and its list of revoked certificates. Without a process of its own, and thus quick. */
public final class TestingPki {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);
    private static final byte[] ECDSA_WITH_SHA256 = sequence(
            new byte[]{6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d,
                4, 3, 2});
    private static final byte[] ECDSA_WITH_SHA1 = sequence(new byte[]{6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d,
        4, 1});
    private static long serials = 1;

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final List<X509Certificate> above;

    private TestingPki(KeyPair keys, X509Certificate certificate, List<X509Certificate> above) {
        this.keys = keys;
        this.certificate = certificate;
        this.above = above;
    }

    /** A certificate, with its chain without the root, and its key. */
    public record Issued(List<X509Certificate> chain, PrivateKey key) {
        public Issued {
            chain = List.copyOf(chain);
        }

        /** Files NAME.pem with the chain and NAME.key. @return the first one */
        public Path write(Path directory, String name) throws IOException {
            Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
            return Files.writeString(directory.resolve(name + ".pem"), pemOf(chain));
        }
    }

    /** The content of a certificate. */
    public static final class Content {
        private final String subject;
        private Instant from = Instant.now().minus(Duration.ofDays(2));
        private Instant to = Instant.now().plus(Duration.ofDays(2));
        private final List<byte[]> extensions = new ArrayList<>();
        private boolean sha1;

        /** A certificate that is valid now. */
        public Content(String subject) {
            this.subject = subject;
        }

        /** Validity until another time. */
        public Content until(Instant end) {
            to = end;
            return this;
        }

        /** Validity from another time on. */
        public Content from(Instant begin) {
            from = begin;
            return this;
        }

        /** Alternative names, as in {@code DNS:a.example}, {@code URI:spiffe://a/b}, {@code email:a@b}. */
        public Content names(String... names) {
            byte[][] each = Arrays.stream(names).map(name -> {
                int tag = name.startsWith("DNS:") ? 0x82 : name.startsWith("URI:") ? 0x86 : 0x81;
                return element(tag, name.substring(name.indexOf(':') + 1).getBytes(StandardCharsets.US_ASCII));
            }).toArray(byte[][]::new);
            return extension(17, sequence(each));
        }

        /** A signature with SHA-1. */
        public Content sha1() {
            sha1 = true;
            return this;
        }

        /** The extended key usage of servers, and no other. */
        public Content forServersOnly() {
            return extension(37, sequence(new byte[]{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1}));
        }

        /** The extended key usage of clients, and no other. */
        public Content forClientsOnly() {
            return extension(37, sequence(new byte[]{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2}));
        }

        Content authority() {
            return extension(19, sequence(new byte[]{1, 1, (byte) 0xff}));
        }

        private Content extension(int number, byte[] value) {
            extensions.add(sequence(new byte[]{6, 3, 0x55, 0x1d, (byte) number}, element(4, value)));
            return this;
        }

        private byte[] toBeSigned(X500Principal issuer, byte[] publicKey) {
            byte[] more = extensions.isEmpty()
                    ? new byte[0]
                    : element(0xa3, sequence(extensions.toArray(new byte[0][])));
            return sequence(element(0xa0, new byte[]{2, 1, 2}), number(nextSerial()),
                    sha1 ? ECDSA_WITH_SHA1 : ECDSA_WITH_SHA256,
                    issuer.getEncoded(), sequence(time(from), time(to)), new X500Principal(subject).getEncoded(),
                    publicKey, more);
        }
    }

    private static synchronized BigInteger nextSerial() {
        return BigInteger.valueOf(serials++);
    }

    /** An authority that has signed itself. */
    public static TestingPki root(String name) throws GeneralSecurityException {
        return root(new Content("CN=" + name));
    }

    /** The same with other content. */
    public static TestingPki root(Content content) throws GeneralSecurityException {
        KeyPair keys = newKeys();
        X500Principal subject = new X500Principal(content.subject);
        return new TestingPki(keys, certificate(
                signed(content.authority().toBeSigned(subject, keys.getPublic().getEncoded()), keys.getPrivate())),
                List.of());
    }

    /** An authority that this one has certified. */
    public TestingPki authority(String name) throws GeneralSecurityException {
        return authority(new Content("CN=" + name));
    }

    /** The same with other content. */
    public TestingPki authority(Content content) throws GeneralSecurityException {
        KeyPair of = newKeys();
        X509Certificate made = sign(content.authority(), of);
        List<X509Certificate> chain = new ArrayList<>(List.of(made));
        chain.addAll(above);
        return new TestingPki(of, made, chain);
    }

    /** One that this has certified, and not as an authority, and that signs all the same. */
    public TestingPki signer(Content content) throws GeneralSecurityException {
        KeyPair of = newKeys();
        X509Certificate made = sign(content, of);
        List<X509Certificate> chain = new ArrayList<>(List.of(made));
        chain.addAll(above);
        return new TestingPki(of, made, chain);
    }

    /** A certificate that this one has signed, with a key of its own. */
    public Issued issue(Content content) throws GeneralSecurityException {
        return issue(content, newKeys());
    }

    /** The same with a given key. */
    public Issued issue(Content content, KeyPair of) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>(List.of(sign(content, of)));
        chain.addAll(above);
        return new Issued(chain, of.getPrivate());
    }

    private X509Certificate sign(Content content, KeyPair of) throws GeneralSecurityException {
        return certificate(
                signed(content.toBeSigned(certificate.getSubjectX500Principal(), of.getPublic().getEncoded()),
                        keys.getPrivate(), content.sha1));
    }

    /** Its own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** A list of revoked certificates, which counts until a time. */
    public X509CRL revoked(Instant until, X509Certificate... revoked) throws GeneralSecurityException {
        Instant then = Instant.now().minus(Duration.ofDays(1));
        byte[] entries = revoked.length == 0
                ? new byte[0]
                : sequence(Arrays.stream(revoked).map(one -> sequence(number(one.getSerialNumber()), time(then)))
                        .toArray(byte[][]::new));
        byte[] list = sequence(new byte[]{2, 1, 1}, ECDSA_WITH_SHA256,
                certificate.getSubjectX500Principal().getEncoded(),
                time(then), time(until), entries);
        return (X509CRL) CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(signed(list, keys.getPrivate())));
    }

    /** Certificates in PEM, one behind the other. */
    public static String pemOf(List<X509Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return pem.toString();
    }

    /** Lists in PEM, one behind the other. */
    public static String pemOf(X509CRL... lists) throws GeneralSecurityException {
        StringBuilder pem = new StringBuilder();
        for (X509CRL list : lists) {
            pem.append(pem("X509 CRL", list.getEncoded()));
        }
        return pem.toString();
    }

    /** A block of PEM. */
    public static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static byte[] signed(byte[] content, PrivateKey key) throws GeneralSecurityException {
        return signed(content, key, false);
    }

    private static byte[] signed(byte[] content, PrivateKey key, boolean sha1) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(sha1 ? "SHA1withECDSA" : "SHA256withECDSA");
        signature.initSign(key);
        signature.update(content);
        return sequence(content, sha1 ? ECDSA_WITH_SHA1 : ECDSA_WITH_SHA256, element(3, new byte[1], signature.sign()));
    }

    private static X509Certificate certificate(byte[] encoded) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] time(Instant time) {
        return element(0x17, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] number(BigInteger number) {
        return element(2, number.toByteArray());
    }

    private static byte[] sequence(byte[]... parts) {
        return element(0x30, parts);
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        element.write(tag);
        if (length >= 0x100) {
            element.writeBytes(new byte[]{(byte) 0x82, (byte) (length >>> 8)});
        } else if (length >= 0x80) {
            element.write(0x81);
        }
        element.write(length);
        for (byte[] part : parts) {
            element.writeBytes(part);
        }
        return element.toByteArray();
    }
}
