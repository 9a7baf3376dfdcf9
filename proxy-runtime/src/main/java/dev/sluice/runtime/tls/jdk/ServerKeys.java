package dev.sluice.runtime.tls.jdk;

import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import org.jspecify.annotations.Nullable;

/**
 * The choice of a server's certificate: by the name that the client asks for, and by the kinds of keys that it can check. The JDK's own key
 * manager decrypts the key in every handshake. Any thread.
 */
final class ServerKeys extends EngineKeys {
    private final JdkContext context;

    ServerKeys(JdkContext context) {
        this.context = context;
    }

    /** @return the digest of the certificate, as the JDK's alias; null = none is suitable */
    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        Identities identities = context.identities();
        SSLSession making = engine.getHandshakeSession();
        // There is none while the engine looks at a ticket.
        String name = making == null ? AskedName.of(engine) : ServerNames.requested(making);
        List<Identity> named = name == null ? List.of() : identities.named(name);
        Identity chosen = Identities.withKey(named.isEmpty() ? identities.defaults() : named, List.of(keyType));
        return chosen == null ? null : chosen.fingerprint();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity chosen = context.find(alias);
        return chosen == null ? null : chosen.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity chosen = context.find(alias);
        return chosen == null ? null : chosen.key();
    }
}
