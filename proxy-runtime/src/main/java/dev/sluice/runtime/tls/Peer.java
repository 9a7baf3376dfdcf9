package dev.sluice.runtime.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The names in a peer's certificate: all that is kept of it.
 *
 * @param subject as in {@code CN=billing,O=Example} (RFC 2253); empty if the certificate has none
 * @param names its SANs: DNS names in lower case, URIs, addresses of mail and of the network. None has a comma, which is written as
 *     {@code %2C}.
 */
public record Peer(String subject, List<String> names) {
    private static final int MAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;
    /** Bounds of what one certificate may cost each of its connections; names beyond count as not there. */
    private static final int LONGEST_SUBJECT = 1024;
    private static final int MOST_CHARACTERS = 4096;

    public Peer {
        names = List.copyOf(names);
    }

    /** The names in a certificate. */
    public static Peer of(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return new Peer(subject.length() <= LONGEST_SUBJECT ? subject : subject.substring(0, LONGEST_SUBJECT) + "…",
                names(certificate));
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            int left = MOST_CHARACTERS;
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                String text = name.get(1) instanceof String written ? name((int) name.getFirst(), written) : "";
                left -= text.length();
                if (!text.isEmpty() && left >= 0) {
                    names.add(text);
                }
            }
        } catch (CertificateParsingException e) {
            return List.of();
        }
        return names;
    }

    /** A name; empty if it is of another kind, or could be taken for one. */
    private static String name(int kind, String text) {
        boolean fits = switch (kind) {
            case DNS -> text.indexOf(':') < 0 && text.indexOf('@') < 0 && text.indexOf('/') < 0;
            case URI -> text.indexOf(':') > 0;
            case MAIL -> text.indexOf('@') > 0 && text.indexOf(':') < 0;
            case IP -> true;
            default -> false;
        };
        String written = fits ? text.replace(",", "%2C") : "";
        return kind == DNS ? written.toLowerCase(Locale.ROOT) : written;
    }

    /** Its names, joined by commas. */
    public String joinedNames() {
        return String.join(",", names);
    }
}
