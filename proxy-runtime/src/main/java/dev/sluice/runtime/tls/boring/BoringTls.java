package dev.sluice.runtime.tls.boring;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.TlsServer;
import org.jspecify.annotations.Nullable;

/** The TLS of a server by BoringSSL, as far as it outlives configurations. Any thread; nothing is loaded before {@link #prepare}. */
public final class BoringTls {
    private final Map<String, BoringListener> listeners = new ConcurrentHashMap<>();

    /** Without listeners. */
    public BoringTls() {}

    /** The reason for which a certificate or its key cannot be served by BoringSSL; null = it can. */
    public static @Nullable String refusal(Identity identity) {
        try {
            return new Credential(identity).isThere() ? null : "no memory";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
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
                listeners.put(listener, new BoringListener(listener, identities));
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
     * @param versions of TLS, by the JDK's names
     * @param suites cipher suites by the names of IANA, the preferred first; those of TLS 1.3 are all on
     * @param protocols application protocols (ALPN), the preferred first; empty = none is agreed on
     * @param rejectsUnknown whether clients that ask for a name that no certificate has are refused
     */
    public TlsServer server(String listener, List<String> versions, List<String> suites, List<String> protocols,
            boolean rejectsUnknown) {
        BoringListener known = listeners.get(listener);
        if (known == null) {
            throw new IllegalStateException("no certificate is prepared for " + listener);
        }
        return new BoringServer(known.context(new BoringContext.Settings(suites, protocols)), versions, rejectsUnknown);
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
