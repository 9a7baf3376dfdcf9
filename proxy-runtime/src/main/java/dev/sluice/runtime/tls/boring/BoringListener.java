package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.security.interfaces.RSAKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import org.jspecify.annotations.Nullable;

/**
 * The part of a listener's TLS that outlives generations: the certificates that are served now, its contexts, and
 * the keys of its tickets. Any thread.
 */
final class BoringListener {
    /** The longest RSA key whose signature is made on an event loop; that of a longer one takes several milliseconds. */
    private static final int MOST_RSA_BITS = 2048;

    /**
     * Certificates, and what the library has of them. Immutable.
     *
     * @param credentials by the digests of their certificates
     * @param isSlow whether a signature may take long
     */
    record Served(Identities identities, Map<String, Credential> credentials, boolean isSlow) {
        Served {
            credentials = Map.copyOf(credentials);
        }

        static Served of(Identities identities, Map<String, Credential> before) {
            Map<String, Credential> credentials = new HashMap<>();
            boolean slow = false;
            for (Identity identity : identities.all()) {
                Credential known = before.get(identity.fingerprint());
                credentials.put(identity.fingerprint(), known == null ? new Credential(identity) : known);
                slow |= identity.key() instanceof RSAKey rsa && rsa.getModulus().bitLength() > MOST_RSA_BITS;
            }
            return new Served(identities, credentials, slow);
        }

        /** Offers the certificates of a name to a connection, the preferred first. */
        void offer(long ssl, @Nullable String name) throws Exception {
            List<Identity> named = name == null ? List.of() : identities.named(name);
            try {
                for (Identity identity : named.isEmpty() ? identities.defaults() : named) {
                    Credential credential = credentials.get(identity.fingerprint());
                    if (credential != null) {
                        credential.addTo(ssl);
                    }
                }
            } finally {
                Reference.reachabilityFence(this);
            }
        }
    }

    private final String name;
    private volatile Served served;
    private volatile Served prepared;
    /** Those that something uses, so that settings which come back find theirs. */
    private final Map<ScopedContexts.Settings, WeakReference<ScopedContexts>> contexts = new ConcurrentHashMap<>();

    private final TicketRing ring;
    private final @Nullable KeyLogFile keyLog;

    BoringListener(String name, Identities first, LongSupplier clock, @Nullable KeyLogFile keyLog) {
        this.name = name;
        this.keyLog = keyLog;
        this.ring = new TicketRing(clock);
        this.served = Served.of(first, Map.of());
        this.prepared = served;
    }

    String name() {
        return name;
    }

    /** The keys that the process makes for its tickets. */
    TicketRing ring() {
        return ring;
    }

    /** Appends a line to the key log, if there is one. */
    void logKey(byte[] line) {
        if (keyLog != null) {
            keyLog.write(line);
        }
    }

    Served served() {
        return served;
    }

    /**
     * Makes certificates ready.
     *
     * @throws IllegalArgumentException if the library does not take one
     */
    void prepare(Identities others) {
        Served now = served;
        prepared = now.identities().fingerprints().equals(others.fingerprints())
                ? now
                : Served.of(others, now.credentials());
    }

    /** Serves certificates from the next handshake on. @return false = they are not prepared */
    boolean serve(Identities others) {
        Served ready = prepared;
        if (ready.identities().fingerprints().equals(others.fingerprints())) {
            served = ready;
        }
        return served.identities().fingerprints().equals(others.fingerprints());
    }

    /** The contexts of these settings. One thread at a time. */
    ScopedContexts contexts(ScopedContexts.Settings settings) {
        WeakReference<ScopedContexts> known = contexts.get(settings);
        ScopedContexts found = known == null ? null : known.get();
        if (found == null) {
            contexts.values().removeIf(reference -> reference.get() == null);
            found = new ScopedContexts(this, settings);
            contexts.put(settings, new WeakReference<>(found));
        }
        return found;
    }
}
