package dev.sluice.runtime.tls.boring;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.TlsServer;

/** The TLS of a server by BoringSSL, as far as it outlives configurations. Any thread; nothing is loaded before {@link #server}. */
public final class BoringTls {
    private final Map<String, BoringListener> listeners = new ConcurrentHashMap<>();

    /** Without listeners. */
    public BoringTls() {}

    /**
     * A listener's part in TLS. One thread at a time.
     *
     * @param first the certificates of a listener that has none yet
     * @param versions of TLS, by the JDK's names
     * @param suites cipher suites by the names of IANA, the preferred first; those of TLS 1.3 are all on
     * @param protocols application protocols (ALPN), the preferred first; empty = none is agreed on
     * @param rejectsUnknown whether clients that ask for a name that no certificate has are refused
     */
    public TlsServer server(String listener, Identities first, List<String> versions, List<String> suites,
            List<String> protocols, boolean rejectsUnknown) {
        String problem = BoringLibrary.problem();
        if (problem != null) {
            throw new IllegalStateException("BoringSSL cannot be used: " + problem);
        }
        NativeOwner.freeLost();
        BoringListener made = listeners.computeIfAbsent(listener, missing -> new BoringListener(missing, first));
        return new BoringServer(made.context(new BoringContext.Settings(suites, protocols)), versions, rejectsUnknown);
    }

    /** Serves other certificates at a listener, from the next handshake on. */
    public void serve(String listener, Identities identities) {
        BoringListener known = listeners.get(listener);
        if (known != null) {
            known.serve(identities);
            NativeOwner.freeLost();
        }
    }

    /** Forgets all but these listeners. */
    public void retain(Set<String> names) {
        if (listeners.keySet().retainAll(names)) {
            NativeOwner.freeLost();
        }
    }
}
