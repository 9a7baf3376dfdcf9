package dev.sluice.runtime.tls.jdk;

import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;

/**
 * The handshakes of a listener by the JDK. Any thread.
 *
 * @param context certificates and ticket keys, which outlive these settings
 */
public record JdkServer(JdkContext context, ServerSettings settings) implements TlsServer {
    /** The suites that are on by default: all of TLS 1.3, and those of TLS 1.2 with forward secrecy and an AEAD. */
    public static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    @Override
    public Identities identities() {
        return context.identities();
    }

    @Override
    public Handshake newHandshake(LoopCiphers scratch) {
        context.ticketLifetime(settings.tickets().lifetime());
        SSLEngine engine = context.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = new SSLParameters(settings.suites().toArray(new String[0]),
                settings.versions().toArray(new String[0]));
        if (!settings.groups().isEmpty()) {
            parameters.setNamedGroups(settings.groups().toArray(new String[0]));
        }
        parameters.setApplicationProtocols(settings.protocols().toArray(new String[0]));
        // A client without AES in hardware puts ChaCha20 first, and knows better.
        parameters.setUseCipherSuitesOrder(false);
        AskedName asked = new AskedName(context, settings.rejectsUnknown());
        parameters.setSNIMatchers(List.of(asked));
        ClientTrust trust = context.trust();
        if (trust != null && trust.isRequired()) {
            parameters.setNeedClientAuth(true);
        } else if (trust != null) {
            parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return new JdkHandshake(engine, scratch, context.secrets(),
                new JdkHandshake.Served(trust, asked, context.tickets(), settings.tickets().given()));
    }
}
