package dev.sluice.runtime.tls.jdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.ClientSettings.Verification;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.TlsClient;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes with a cluster's endpoints by the JDK. Sessions that it resumes belong to this object, so that none outlives the trust
 * by which it was made. Any thread.
 */
final class JdkClient implements TlsClient {
    /** Sessions that are kept for resumption: the last one for each endpoint and name, and the JDK keeps those before as well. */
    private static final int SESSIONS = 256;
    private static final int SESSION_SECONDS = 3600;

    private static final int PORTS = 0xffff;

    private final JdkTls process;
    private final ClientSettings settings;
    private final SSLContext context;
    /** Handshakes that resume nothing: each is with another port. */
    private final AtomicInteger made = new AtomicInteger();

    JdkClient(JdkTls process, ClientSettings settings) {
        this.process = process;
        this.settings = settings;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(ClientKey.managers(settings.identity()),
                    new TrustManager[]{settings.verification() == Verification.NONE
                            ? new TrustAll()
                            : ServerTrust.in(settings.authorities())},
                    null);
            context.getClientSessionContext().setSessionCacheSize(SESSIONS);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    ClientSettings settings() {
        return settings;
    }

    @Override
    public @Nullable Identity identity() {
        return settings.identity();
    }

    @Override
    public Handshake newHandshake(LoopCiphers scratch, @Nullable String passedName, String endpoint) {
        String passed = settings.passesName() ? passedName : null;
        String name = passed == null ? settings.serverName() : passed;
        // Sessions are found by host and port, and one made under another name, or with another endpoint, is not to be resumed.
        int key = settings.resumes() ? endpoint.hashCode() : made.incrementAndGet();
        SSLEngine engine = context.createSSLEngine(name == null ? endpoint : name, key & PORTS);
        engine.setUseClientMode(true);
        SSLParameters parameters = new SSLParameters(JdkServer.SUITES.toArray(new String[0]),
                settings.versions().toArray(new String[0]));
        parameters.setApplicationProtocols(settings.protocols().toArray(new String[0]));
        // An empty list, and not the default, which would be made from the host.
        List<SNIServerName> names = new ArrayList<>();
        if (name != null) {
            try {
                names.add(new SNIHostName(name.getBytes(StandardCharsets.US_ASCII)));
            } catch (IllegalArgumentException e) {
                // A client has asked for what is no name, and is not to end more than its own connection: nothing will fit to it.
            }
        }
        parameters.setServerNames(names);
        if (settings.verification() == Verification.FULL) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return new JdkHandshake(engine, scratch, process.secrets(), settings.resumes());
    }
}
