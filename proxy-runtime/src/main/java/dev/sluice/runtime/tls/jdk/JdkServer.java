package dev.sluice.runtime.tls.jdk;

import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;

/**
 * The handshakes of a listener by the JDK. Any thread.
 *
 * @param context certificates and ticket keys, which outlive these settings
 * @param versions of TLS, by the JDK's names
 * @param suites cipher suites, the preferred first
 * @param groups for the key exchange, the preferred first; empty = those of the JDK
 * @param protocols application protocols (ALPN), the preferred first; empty = none is agreed on
 * @param rejectsUnknown whether clients that ask for a name that no certificate has are refused
 */
public record JdkServer(JdkContext context, List<String> versions, List<String> suites, List<String> groups,
        List<String> protocols, boolean rejectsUnknown)
        implements
            TlsServer {
    /** The suites that are on by default: all of TLS 1.3, and those of TLS 1.2 with forward secrecy and an AEAD. */
    public static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    public JdkServer {
        versions = List.copyOf(versions);
        suites = List.copyOf(suites);
        groups = List.copyOf(groups);
        protocols = List.copyOf(protocols);
    }

    /** Handshakes with the JDK's own groups. */
    public JdkServer(JdkContext context, List<String> versions, List<String> suites, List<String> protocols,
            boolean rejectsUnknown) {
        this(context, versions, suites, List.of(), protocols, rejectsUnknown);
    }

    @Override
    public Identities identities() {
        return context.identities();
    }

    @Override
    public Handshake newHandshake(LoopCiphers scratch) {
        SSLEngine engine = context.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = new SSLParameters(suites.toArray(new String[0]), versions.toArray(new String[0]));
        if (!groups.isEmpty()) {
            parameters.setNamedGroups(groups.toArray(new String[0]));
        }
        parameters.setApplicationProtocols(protocols.toArray(new String[0]));
        // A client without AES in hardware puts ChaCha20 first, and knows better.
        parameters.setUseCipherSuitesOrder(false);
        if (rejectsUnknown) {
            parameters.setSNIMatchers(List.of(new Known(context)));
        }
        ClientTrust trust = context.trust();
        if (trust != null && trust.isRequired()) {
            parameters.setNeedClientAuth(true);
        } else if (trust != null) {
            parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return new JdkHandshake(engine, scratch, context.secrets(), trust);
    }

    /** The names that a certificate has. */
    private static final class Known extends SNIMatcher {
        private final JdkContext context;

        Known(JdkContext context) {
            super(StandardConstants.SNI_HOST_NAME);
            this.context = context;
        }

        @Override
        public boolean matches(SNIServerName name) {
            return !context.identities().named(new SNIHostName(name.getEncoded()).getAsciiName()).isEmpty();
        }
    }
}
