package dev.sluice.runtime.tls.jdk;

import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * The part of a listener's TLS that outlives certificates and generations: the JDK's context, which has the keys of its tickets, and the
 * certificates that are served now. Connections hold nothing else of it. Any thread.
 */
public final class JdkContext {
    private final SSLContext context;
    private final @Nullable JdkTls process;
    private final @Nullable ClientTrust trust;
    private final @Nullable EngineTickets tickets = EngineTickets.find();
    private volatile Identities identities;
    /** The certificates served before, for handshakes that had chosen one of them already. */
    private volatile Identities before;

    /**
     * A context.
     *
     * @param process knows the way to the secrets of engines; null = they are kept
     * @param identities the certificates to begin with
     * @param trust in the certificates of clients, for the whole life of the context and its tickets; null = none is asked for
     */
    JdkContext(@Nullable JdkTls process, Identities identities, @Nullable ClientTrust trust) {
        this.trust = trust;
        this.process = process;
        this.identities = identities;
        this.before = identities;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[]{new ServerKeys(this)},
                    trust == null ? new TrustManager[0] : new TrustManager[]{new ClientCheck(trust)}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    SSLContext context() {
        return context;
    }

    /** The way to the secrets of its engines; null = they are kept. */
    @Nullable
    EngineSecrets secrets() {
        return process == null ? null : process.secrets();
    }

    /** Sets the time for which tickets count, which holds for those that are made from now on. */
    void ticketLifetime(Duration lifetime) {
        SSLSessionContext sessions = context.getServerSessionContext();
        int seconds = (int) lifetime.toSeconds();
        if (sessions.getSessionTimeout() != seconds) {
            sessions.setSessionTimeout(seconds);
        }
    }

    /** The way to tickets that outlive certificates; null = they do not. */
    @Nullable
    EngineTickets tickets() {
        return tickets;
    }

    /** The trust in the certificates of clients; null = none is asked for. */
    @Nullable
    ClientTrust trust() {
        return trust;
    }

    /** The certificates that are served now. */
    public Identities identities() {
        return identities;
    }

    /** Serves other certificates from the next handshake on. */
    void serve(Identities others) {
        if (!identities.fingerprints().equals(others.fingerprints())) {
            before = identities;
            identities = others;
        }
    }

    @Nullable
    Identity find(String fingerprint) {
        Identity found = identities.byFingerprint(fingerprint);
        return found == null ? before.byFingerprint(fingerprint) : found;
    }
}
