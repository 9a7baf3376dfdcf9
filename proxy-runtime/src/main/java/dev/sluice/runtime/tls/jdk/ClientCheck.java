package dev.sluice.runtime.tls.jdk;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;

import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * The check of clients' certificates by a {@link ClientTrust}. The engine calls it in a task, and thus off the event loop. Any thread.
 */
final class ClientCheck extends EngineTrust {
    private final ClientTrust trust;

    ClientCheck(ClientTrust trust) {
        this.trust = trust;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        trust.check(List.of(chain));
    }

    /** The names that a client gets, so that it can choose a certificate. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.authorities().toArray(new X509Certificate[0]);
    }
}
