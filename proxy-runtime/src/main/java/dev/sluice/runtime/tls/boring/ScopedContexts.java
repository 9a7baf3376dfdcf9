package dev.sluice.runtime.tls.boring;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of the same settings: one for each scope of sessions, since the keys of tickets belong to a context, and the library does not
 * show the name in a ticket. Each takes some 30 KB, and is made when a client asks for such a name. Any thread.
 */
final class ScopedContexts {
    /** The key of the context without tickets. */
    private static final String NONE = "-";

    /**
     * Settings.
     *
     * @param server versions, suites and so on
     * @param trust in the certificates of clients; null = none is asked for
     */
    record Settings(ServerSettings server, @Nullable ClientTrust trust) {}

    private final BoringListener listener;
    private final Settings settings;
    private final Map<String, BoringContext> contexts = new ConcurrentHashMap<>();

    /** @throws IllegalStateException if the library refuses the settings */
    ScopedContexts(BoringListener listener, Settings settings) {
        this.listener = listener;
        this.settings = settings;
        of(identities().scope(null));
    }

    /** The context of a scope; null = the one that neither makes tickets nor takes them. */
    BoringContext of(@Nullable String scope) {
        String key = scope == null ? NONE : scope;
        BoringContext known = contexts.get(key);
        return known == null ? make(key, scope) : known;
    }

    private synchronized BoringContext make(String key, @Nullable String scope) {
        BoringContext known = contexts.get(key);
        if (known != null) {
            return known;
        }
        Set<String> scopes = identities().scopes();
        // Names that are gone; a handshake that has begun keeps its context.
        contexts.keySet().removeIf(other -> !other.equals(NONE) && !scopes.contains(other));
        BoringContext made = new BoringContext(listener, settings, scope);
        contexts.put(key, made);
        return made;
    }

    /** Contexts that have been made, and are not forgotten. */
    int count() {
        return contexts.size();
    }

    Identities identities() {
        return listener.served().identities();
    }
}
