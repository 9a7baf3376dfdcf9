package dev.sluice.runtime.tls.jdk;

import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;

import dev.sluice.runtime.tls.Identity;
import org.jspecify.annotations.Nullable;

/** The one certificate of a client. It is shown to each server that asks for one and can check its kind of key. Any thread. */
public final class ClientKey extends EngineKeys {
    private final Identity identity;

    private ClientKey(Identity identity) {
        this.identity = identity;
    }

    /** The key managers of a client with this certificate; null = it has none. */
    public static KeyManager[] managers(@Nullable Identity identity) {
        return identity == null ? new KeyManager[0] : new KeyManager[]{new ClientKey(identity)};
    }

    /**
     * The certificate, whichever authorities the server names: a server that trusts another one refuses it with an alert, which is to be
     * preferred to a handshake without certificate whose failure comes later.
     */
    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
            SSLEngine engine) {
        return Arrays.asList(keyTypes).contains(identity.keyType()) ? identity.fingerprint() : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }
}
