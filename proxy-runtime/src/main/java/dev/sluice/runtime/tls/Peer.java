package dev.sluice.runtime.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

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

    /** The common name in its subject, the most specific if there are several; null = there is none. */
    public @Nullable String commonName() {
        for (int at = 0; at < subject.length();) {
            int equals = subject.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            StringBuilder value = new StringBuilder();
            int end = value(equals + 1, value);
            // A value in hexadecimal is of a type that is no text.
            if (subject.substring(at, equals).strip().equalsIgnoreCase("CN") && value.indexOf("#") != 0) {
                return value.toString();
            }
            at = end + 1;
        }
        return null;
    }

    /** Reads a value of the subject, in which some characters are escaped (RFC 2253). @return the index behind it */
    private int value(int from, StringBuilder into) {
        int at = from;
        for (; at < subject.length() && subject.charAt(at) != ',' && subject.charAt(at) != '+'; at++) {
            if (subject.charAt(at) == '\\' && at + 1 < subject.length()) {
                at++;
            }
            into.append(subject.charAt(at));
        }
        return at;
    }

    /** Its names, joined by commas. */
    public String joinedNames() {
        return String.join(",", names);
    }
}
