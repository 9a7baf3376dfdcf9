package dev.sluice.runtime.tls.jdk;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's verification of a server's certificate, with a word for what is wrong: {@code expired}, {@code not-yet-valid}, {@code unknown-ca},
 * {@code name-mismatch}, {@code revoked}, {@code invalid-certificate}. Any thread.
 */
final class ServerTrust extends EngineTrust {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int MOST_NAMES = 10;

    private final X509ExtendedTrustManager verifier;

    private ServerTrust(X509ExtendedTrustManager verifier) {
        this.verifier = verifier;
    }

    /** @param authorities that are trusted; empty = those of the Java runtime */
    static ServerTrust in(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore trusted = null;
        if (!authorities.isEmpty()) {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                trusted.setCertificateEntry("ca" + i, authorities.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager verifier) {
                return new ServerTrust(verifier);
            }
        }
        throw new GeneralSecurityException("this Java verifies no certificates");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        try {
            verifier.checkServerTrusted(chain, type, engine);
            // The JDK accepts a certificate that is out of date if it is itself among the trusted ones.
            chain[0].checkValidity();
        } catch (CertificateException e) {
            String word = word(e);
            throw new ServerCertificateException(word + ": " + words(word, e, chain), e);
        }
    }

    /** The words for an operator: what is wrong with which certificate, and what it has. */
    private static String words(String word, CertificateException failure, X509Certificate[] chain) {
        return switch (word) {
            case "expired" -> {
                X509Certificate late = first(chain, one -> one.getNotAfter().toInstant().isBefore(Instant.now()));
                yield "the certificate " + subject(late) + " has expired (not after " + late.getNotAfter().toInstant()
                        + ")";
            }
            case "not-yet-valid" -> {
                X509Certificate early = first(chain, one -> one.getNotBefore().toInstant().isAfter(Instant.now()));
                yield "the certificate " + subject(early) + " is not valid yet (not before "
                        + early.getNotBefore().toInstant() + ")";
            }
            case "unknown-ca" -> "no known authority has signed the certificate " + subject(chain[0]) + "; it is by "
                    + Printable.quote(chain[chain.length - 1].getIssuerX500Principal().getName());
            case "name-mismatch" -> withoutFullStop(failure) + "; the certificate is for " + names(chain[0]);
            default -> withoutFullStop(failure);
        };
    }

    /** The first of a chain that fits; the server's own if none does, as for an authority that is not in it. */
    private static X509Certificate first(X509Certificate[] chain, Predicate<X509Certificate> fits) {
        return Arrays.stream(chain).filter(fits).findFirst().orElse(chain[0]);
    }

    private static String subject(X509Certificate certificate) {
        return Printable.quote(certificate.getSubjectX500Principal().getName());
    }

    /** The message of the JDK, some of which end as a sentence does: words follow it. */
    private static String withoutFullStop(CertificateException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    private static String names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.getFirst().equals(DNS) || name.getFirst().equals(ADDRESS)) {
                    names.add(name.get(1).toString());
                }
            }
        } catch (CertificateParsingException e) {
            return "names that cannot be read";
        }
        int more = names.size() - MOST_NAMES;
        return names.isEmpty()
                ? "no name"
                : String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)))
                        + (more > 0 ? " and " + more + " more" : "");
    }

    /** The word for what is wrong with a certificate. */
    static String word(CertificateException failure) {
        String word = "invalid-certificate";
        // From the general to the particular.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            word = switch (cause) {
                case CertificateExpiredException expired -> "expired";
                case CertificateNotYetValidException early -> "not-yet-valid";
                case CertificateRevokedException revoked -> "revoked";
                case CertPathBuilderException unknown -> "unknown-ca";
                // The JDK has no type of its own for it.
                case CertificateException name when message.startsWith("No subject alternative")
                        || message.startsWith("No name matching") || message.contains("doesn't match") ->
                    "name-mismatch";
                default -> word;
            };
        }
        return word;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return verifier.getAcceptedIssuers();
    }
}
