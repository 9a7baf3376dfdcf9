package dev.sluice.runtime.health;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;

import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.StartTls;
import org.jspecify.annotations.Nullable;

/**
 * A TLS handshake, as a check of its own or before the bytes of another one.
 *
 * @param sni the server name to ask for, and to find in the certificate; empty = none is asked for, and the certificate has to have the
 *     endpoint's IP address
 * @param verify whether the certificate has to be valid, from a trusted authority, and for that name
 * @param ca the trusted authorities; empty = those of the Java runtime. Certificates and not the name of their file: another content is
 *     another check.
 * @param anyName whether a valid certificate may have any name
 * @param identity the certificate that is shown if the endpoint asks for one; null = none is
 * @param startTls what comes before the handshake
 * @param versions of TLS, by the JDK's names; empty = those of the Java runtime
 * @param protocols application protocols (ALPN) that are offered
 */
public record TlsProbe(Optional<String> sni, boolean verify, List<X509Certificate> ca, boolean anyName,
        @Nullable Identity identity, StartTls startTls, List<String> versions, List<String> protocols)
        implements
            Probe {
    // Not the short form, whose parameter would lose that it may be null in the class file.
    public TlsProbe(Optional<String> sni, boolean verify, List<X509Certificate> ca, boolean anyName,
            @Nullable Identity identity, StartTls startTls, List<String> versions, List<String> protocols) {
        sni.ifPresent(SNIHostName::new);
        this.sni = sni;
        this.verify = verify;
        this.ca = List.copyOf(ca);
        this.anyName = anyName;
        this.identity = identity;
        this.startTls = startTls;
        this.versions = List.copyOf(versions);
        this.protocols = List.copyOf(protocols);
    }

    /** A handshake that begins at once, without a certificate of this side. */
    public TlsProbe(Optional<String> sni, boolean verify, List<X509Certificate> ca) {
        this(sni, verify, ca, false, null, StartTls.NONE, List.of(), List.of());
    }

    /** The handshake of those that connect with these settings. */
    public static TlsProbe of(ClientSettings client, StartTls startTls) {
        return new TlsProbe(Optional.ofNullable(client.serverName()),
                client.verification() != ClientSettings.Verification.NONE, client.authorities(),
                // Without a name of its own, each client brings one.
                client.verification() == ClientSettings.Verification.CHAIN || client.serverName() == null,
                client.identity(), startTls, client.versions(), client.protocols());
    }

    /** The same verification, and everything else as in the handshake of those that connect. */
    public TlsProbe as(TlsProbe connecting) {
        return new TlsProbe(sni, verify, ca, anyName, connecting.identity, connecting.startTls, connecting.versions,
                connecting.protocols);
    }
}
