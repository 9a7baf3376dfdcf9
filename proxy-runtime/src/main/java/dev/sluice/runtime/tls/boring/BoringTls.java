package dev.sluice.runtime.tls.boring;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/** The TLS of a server by BoringSSL, as far as it outlives configurations. Any thread; nothing is loaded before {@link #prepare}. */
public final class BoringTls {
    private final Map<String, BoringListener> listeners = new ConcurrentHashMap<>();

    private final LongSupplier clock;
    private final @Nullable KeyLogFile keyLog;

    /**
     * Without listeners.
     *
     * @param keyLog for the secrets of sessions, which stays with the caller; null = none is written
     */
    public BoringTls(@Nullable KeyLogFile keyLog) {
        this(System::nanoTime, keyLog);
    }

    /** @param clock in nanoseconds, for the keys of tickets */
    BoringTls(LongSupplier clock, @Nullable KeyLogFile keyLog) {
        this.clock = clock;
        this.keyLog = keyLog;
    }

    /** The reason for which a certificate or its key cannot be served by BoringSSL; null = it can. */
    public static @Nullable String refusal(Identity identity) {
        try {
            return new Credential(identity).isThere() ? null : "no memory";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Whether BoringSSL is loaded and takes a certificate with this key, which belongs to it, since the library compares them. Some
     * microseconds, where Java takes 50 ms for a signature as long as its code is interpreted.
     *
     * @return false = unknown
     */
    public static boolean takes(List<X509Certificate> chain, PrivateKey key) {
        return BoringLibrary.isLoaded() && refusal(Identity.of(chain, key)) == null;
    }

    /**
     * Makes certificates ready for a listener, which serves them at once if it is new, and otherwise after {@link #serve}. One thread at a time.
     *
     * @return the reason for which one, or any, cannot be served; null = all can
     */
    public @Nullable String prepare(String listener, Identities identities) {
        String problem = BoringLibrary.problem();
        if (problem != null) {
            return problem;
        }
        NativeOwner.freeLost();
        try {
            BoringListener known = listeners.get(listener);
            if (known == null) {
                listeners.put(listener, new BoringListener(listener, identities, clock, keyLog));
            } else {
                known.prepare(identities);
            }
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * A listener's part in TLS. One thread at a time.
     *
     * @param listener one that certificates were prepared for
     * @param settings of which suites of TLS 1.3 are all or none
     * @param trust in the certificates of clients; null = none is asked for
     */
    public TlsServer server(String listener, ServerSettings settings, @Nullable ClientTrust trust) {
        BoringListener known = listeners.get(listener);
        if (known == null) {
            throw new IllegalStateException("no certificate is prepared for " + listener);
        }
        return new BoringServer(known.contexts(new ScopedContexts.Settings(settings, trust)));
    }

    /** Serves other certificates at a listener that has some, from the next handshake on. */
    public void serve(String listener, Identities identities) {
        BoringListener known = listeners.get(listener);
        if (known != null && !known.serve(identities)) {
            // They are served by another engine, which takes them.
            listeners.remove(listener);
        }
    }

    /** Forgets all but these listeners. */
    public void retain(Set<String> names) {
        if (listeners.keySet().retainAll(names)) {
            NativeOwner.freeLost();
        }
    }
}
