package dev.sluice.runtime.health;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SNIHostName;

/**
 * A TLS handshake, as a client without a certificate.
 *
 * @param sni the server name to ask for, and to find in the certificate; empty = none is asked for, and the certificate has to have the
 *     endpoint's IP address
 * @param verify whether the certificate has to be valid, from a trusted authority, and for that name
 * @param ca the trusted authorities; empty = those of the Java runtime. Certificates and not the name of their file: another content is
 *     another check.
 */
public record TlsProbe(Optional<String> sni, boolean verify, List<X509Certificate> ca) implements Probe {
    public TlsProbe {
        sni.ifPresent(SNIHostName::new);
        ca = List.copyOf(ca);
    }
}
