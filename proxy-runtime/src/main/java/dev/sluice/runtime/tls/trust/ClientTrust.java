package dev.sluice.runtime.tls.trust;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;

import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.Alert;
import org.jspecify.annotations.Nullable;

/**
 * The authorities by which clients have to be certified, and their lists of revoked certificates (RFC 5280 section 6). Nothing is ever fetched.
 * An authority in the file whose own authority is there as well is one in between, and is checked as such. Immutable; any thread.
 */
public final class ClientTrust {
    /** The demands on clients. */
    public enum Mode {
        /** A certificate is asked for; one that is shown has to be good. */
        REQUEST,
        /** A good certificate has to be shown. */
        REQUIRE
    }

    private static final int DIGITAL_SIGNATURE = 0;
    /** The most signatures that are checked in the search for a chain: a real one has a handful. */
    private static final int MOST_SIGNATURES = 64;
    /** For clients of TLS, and for everything (RFC 5280 section 4.2.1.12). */
    private static final Set<String> EXTENDED_USES = Set.of("1.3.6.1.5.5.7.3.2", "2.5.29.37.0");
    /** The JDK's own tolerance about the times of a list. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(15);

    private final Mode mode;
    private final List<X509Certificate> authorities;
    private final List<X509CRL> revocations;
    private final int depth;
    private final String fingerprint;

    /**
     * A trust.
     *
     * @param authorities at least one
     * @param revocations their lists of revoked certificates; empty = none is looked at
     * @param depth the most authorities between a client's certificate and one of these
     */
    public ClientTrust(Mode mode, List<X509Certificate> authorities, List<X509CRL> revocations, int depth) {
        if (authorities.isEmpty()) {
            throw new IllegalArgumentException("no authority");
        }
        this.mode = mode;
        this.authorities = List.copyOf(authorities);
        this.revocations = List.copyOf(revocations);
        this.depth = depth;
        this.fingerprint = digest();
    }

    private String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((mode + " " + depth + " " + authorities.size()).getBytes(StandardCharsets.US_ASCII));
            for (X509Certificate authority : authorities) {
                digest.update(authority.getEncoded());
            }
            for (X509CRL list : revocations) {
                digest.update(list.getEncoded());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    /** Whether clients without a certificate are refused. */
    public boolean isRequired() {
        return mode == Mode.REQUIRE;
    }

    /** The authorities, in the order of their file. */
    public List<X509Certificate> authorities() {
        return authorities;
    }

    /** The lists of revoked certificates, in the order of their file. */
    public List<X509CRL> revocations() {
        return revocations;
    }

    /** A digest of everything that decides here: another one is another trust, for which tickets of before do not count. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Whether another one decides in the same way. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientTrust trust && trust.fingerprint.equals(fingerprint);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    /** The refusal of a client that has shown no certificate. */
    public static ClientCertificateException missing() {
        return new ClientCertificateException(Alert.CERTIFICATE_REQUIRED, "the client has shown none");
    }

    /**
     * Checks the certificates that a client has shown, as they came.
     *
     * @return the client's own
     */
    public X509Certificate checkEncoded(byte[][] shown) throws ClientCertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] encoded : shown) {
            certificates.add(certificate(encoded));
        }
        check(certificates);
        return certificates.getFirst();
    }

    /** A certificate in DER. */
    public static X509Certificate certificate(byte[] encoded) throws ClientCertificateException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded));
        } catch (CertificateException e) {
            throw new ClientCertificateException(Alert.BAD_CERTIFICATE,
                    "what the client has shown is no certificate: "
                            + Printable.sentence(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Checks the certificates that a client has shown. It takes as long as some signatures: not on an event loop.
     *
     * @param shown its own, then others that may lead to an authority, in any order
     * @throws ClientCertificateException if they are not good
     */
    public void check(List<X509Certificate> shown) throws ClientCertificateException {
        if (shown.isEmpty()) {
            throw missing();
        }
        List<X509Certificate> path = new ArrayList<>(List.of(shown.getFirst()));
        if (!reaches(path, shown, new AtomicInteger(MOST_SIGNATURES))) {
            throw new ClientCertificateException(Alert.UNKNOWN_CA, name(shown.getFirst()) + ", issued by "
                    + Printable.quote(shown.getFirst().getIssuerX500Principal().getName())
                    + ": no chain of at most " + depth + " authorities in between leads to one of ca");
        }
        X509Certificate anchor = path.getLast();
        if (!isSelfSigned(anchor)) {
            // A chain of the JDK cannot end with it.
            valid(path.removeLast());
        }
        validate(path, anchor);
        boolean[] uses = shown.getFirst().getKeyUsage();
        if (uses != null && !uses[DIGITAL_SIGNATURE]) {
            throw notForClients(shown.getFirst(), "its key usage lacks digitalSignature");
        }
        for (X509Certificate certificate : path) {
            extendedUse(certificate);
        }
    }

    /**
     * Completes a path to an authority, if there is one. Bounded by the depth, and by the signatures that are looked at: a client could show
     * certificates that have all signed each other.
     */
    private boolean reaches(List<X509Certificate> path, List<X509Certificate> shown, AtomicInteger signatures) {
        X509Certificate last = path.getLast();
        if (!isSelfSigned(last) && path.size() < depth + 2
                && (goesOn(path, authorities, shown, signatures) || goesOn(path, shown, shown, signatures))) {
            return true;
        }
        return authorities.contains(last);
    }

    private boolean goesOn(List<X509Certificate> path, List<X509Certificate> among, List<X509Certificate> shown,
            AtomicInteger signatures) {
        X509Certificate last = path.getLast();
        for (X509Certificate candidate : among) {
            if (last.getIssuerX500Principal().equals(candidate.getSubjectX500Principal()) && !path.contains(candidate)
                    && signatures.getAndDecrement() > 0 && hasSigned(candidate, last)) {
                path.add(candidate);
                if (reaches(path, shown, signatures)) {
                    return true;
                }
                path.removeLast();
            }
        }
        return false;
    }

    private static boolean hasSigned(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())
                && hasSigned(certificate, certificate);
    }

    private static void valid(X509Certificate certificate) throws ClientCertificateException {
        Instant now = Instant.now();
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw expired(certificate);
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw notYetValid(certificate);
        }
    }

    private static ClientCertificateException expired(X509Certificate certificate) {
        return new ClientCertificateException(Alert.CERTIFICATE_EXPIRED,
                name(certificate) + " has expired at " + certificate.getNotAfter().toInstant());
    }

    private static ClientCertificateException notYetValid(X509Certificate certificate) {
        return new ClientCertificateException(Alert.BAD_CERTIFICATE,
                name(certificate) + " is not valid before " + certificate.getNotBefore().toInstant());
    }

    private static String name(X509Certificate certificate) {
        return Printable.quote(certificate.getSubjectX500Principal().getName());
    }

    private void validate(List<X509Certificate> path, X509Certificate anchor) throws ClientCertificateException {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            // The one that is added is used; the flag would bring one that asks others.
            parameters.setRevocationEnabled(false);
            if (!revocations.isEmpty()) {
                PKIXRevocationChecker revoked = (PKIXRevocationChecker) validator.getRevocationChecker();
                revoked.setOptions(EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS,
                        PKIXRevocationChecker.Option.NO_FALLBACK));
                parameters.addCertPathChecker(revoked);
                parameters.addCertStore(
                        CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations)));
            }
            validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException e) {
            throw refusal(e, path);
        } catch (GeneralSecurityException e) {
            throw new ClientCertificateException(Alert.CERTIFICATE_UNKNOWN,
                    name(path.getFirst()) + " cannot be checked: " + e);
        }
    }

    private ClientCertificateException refusal(CertPathValidatorException failure, List<X509Certificate> path) {
        X509Certificate at = path.get(Math.max(0, Math.min(failure.getIndex(), path.size() - 1)));
        return switch (failure.getReason()) {
            case BasicReason.EXPIRED -> expired(at);
            case BasicReason.NOT_YET_VALID -> notYetValid(at);
            case BasicReason.REVOKED ->
                new ClientCertificateException(Alert.CERTIFICATE_REVOKED, name(at) + " was revoked");
            case BasicReason.UNDETERMINED_REVOCATION_STATUS ->
                new ClientCertificateException(Alert.CERTIFICATE_UNKNOWN, unknownRevocation(path));
            case BasicReason.ALGORITHM_CONSTRAINED -> new ClientCertificateException(Alert.UNSUPPORTED_CERTIFICATE,
                    name(at) + " has a key or a signature that is too weak: " + failure.getMessage());
            case null, default ->
                new ClientCertificateException(Alert.BAD_CERTIFICATE, name(at) + ": " + failure.getMessage());
        };
    }

    /** The words about an authority whose list is not there, or out of date. */
    private String unknownRevocation(List<X509Certificate> path) {
        for (X509Certificate certificate : path) {
            String problem = listProblem(certificate.getIssuerX500Principal());
            if (problem != null) {
                return problem;
            }
        }
        return "it is not known whether " + name(path.getFirst()) + " was revoked";
    }

    private @Nullable String listProblem(X500Principal issuer) {
        String problem = "there is no list of the certificates that " + Printable.quote(issuer.getName())
                + " has revoked";
        for (X509CRL list : revocations) {
            if (list.getIssuerX500Principal().equals(issuer)) {
                if (isCurrent(list)) {
                    return null;
                }
                problem = "the list of the certificates that " + Printable.quote(issuer.getName())
                        + " has revoked is out of date" + (list.getNextUpdate() == null
                                ? ": it does not say until when it counts"
                                : " since " + list.getNextUpdate().toInstant());
            }
        }
        return problem;
    }

    private static boolean isCurrent(X509CRL list) {
        return list.getNextUpdate() != null
                && Instant.now().isBefore(list.getNextUpdate().toInstant().plus(CLOCK_SKEW));
    }

    /** A certificate that says what it is for, or what an authority is for, has to name clients of TLS. */
    private static void extendedUse(X509Certificate certificate) throws ClientCertificateException {
        List<String> uses;
        try {
            uses = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw notForClients(certificate, "its extended key usage cannot be read");
        }
        if (uses != null && uses.stream().noneMatch(EXTENDED_USES::contains)) {
            throw notForClients(certificate, "its extended key usage lacks clientAuth");
        }
    }

    private static ClientCertificateException notForClients(X509Certificate certificate, String why) {
        return new ClientCertificateException(Alert.UNSUPPORTED_CERTIFICATE,
                name(certificate) + " is not for clients: " + why);
    }

    /**
     * Checks what may have become wrong since a ticket was made, with which a session goes on without the certificate being shown again.
     * Another list or another authority is another trust, to which tickets do not lead. Cheap.
     *
     * @param certificate the client's own; null = it had shown none
     * @throws ClientCertificateException if it is not good any longer
     */
    public void checkAgain(@Nullable X509Certificate certificate) throws ClientCertificateException {
        if (certificate == null) {
            if (isRequired()) {
                throw missing();
            }
            return;
        }
        valid(certificate);
        String problem = revocations.isEmpty() ? null : listProblem(certificate.getIssuerX500Principal());
        if (problem != null) {
            throw new ClientCertificateException(Alert.CERTIFICATE_UNKNOWN, problem);
        }
    }
}
