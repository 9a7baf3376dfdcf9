package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import dev.sluice.runtime.tls.jdk.ClientKey;
import dev.sluice.runtime.tls.jdk.JdkServer;
import dev.sluice.runtime.tls.jdk.TrustAll;

/** The TLS contexts of probes: one for each probe, since the trusted authorities are some megabytes. Any thread. */
final class TlsContexts {
    private final ConcurrentMap<TlsProbe, SSLContext> contexts = new ConcurrentHashMap<>();
    private final AtomicInteger made = new AtomicInteger();

    /** Forgets all but those of these probes. */
    void retain(Set<TlsProbe> probes) {
        contexts.keySet().retainAll(probes);
    }

    /** An engine for a handshake with the server at an address. */
    SSLEngine engine(TlsProbe probe, SocketAddress address) throws CheckException {
        SSLEngine engine = context(probe).createSSLEngine(probe.sni().orElseGet(() -> host(address)),
                // A check sees the certificate of its moment: no session is found again.
                made.incrementAndGet() & 0xffff);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (!probe.versions().isEmpty()) {
            parameters.setProtocols(probe.versions().toArray(new String[0]));
            parameters.setCipherSuites(JdkServer.SUITES.toArray(new String[0]));
        }
        parameters.setApplicationProtocols(probe.protocols().toArray(new String[0]));
        // An empty list, and not the default, which would be made from the host.
        List<SNIServerName> names = new ArrayList<>();
        probe.sni().ifPresent(name -> names.add(new SNIHostName(name)));
        parameters.setServerNames(names);
        if (probe.verify() && !probe.anyName()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static String host(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "localhost";
    }

    private SSLContext context(TlsProbe probe) throws CheckException {
        SSLContext known = contexts.get(probe);
        if (known != null) {
            return known;
        }
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(ClientKey.managers(probe.identity()),
                    probe.verify() ? verifying(probe.ca()) : new TrustManager[]{new TrustAll()}, null);
            contexts.put(probe, made);
            return made;
        } catch (GeneralSecurityException | IOException e) {
            throw new CheckException(CheckResult.RESOURCES, "TLS cannot be used: " + e.getMessage());
        }
    }

    private static TrustManager[] verifying(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
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
        return factory.getTrustManagers();
    }
}
