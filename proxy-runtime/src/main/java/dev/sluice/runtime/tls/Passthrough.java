package dev.sluice.runtime.tls;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The server names whose clients a listener does not terminate: their bytes go on to the endpoint as they are. Any thread.
 *
 * <p>Names come from clients where there are wildcards, so the hellos that connections share are bounded.
 */
public final class Passthrough {
    /** No names. */
    public static final Passthrough NONE = new Passthrough(List.of());
    private static final int MOST_HELLOS = 1024;

    private final Set<String> names;
    private final Map<ClientHello, ClientHello> hellos = new ConcurrentHashMap<>();

    /** @param names in lower case; a leading {@code *.} stands for exactly one label */
    public Passthrough(List<String> names) {
        this.names = Set.copyOf(names);
    }

    /** Whether there are no names. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** Whether clients that ask for a name are passed through; null = they ask for none. */
    public boolean has(@Nullable String name) {
        if (name == null) {
            return false;
        }
        int dot = name.indexOf('.');
        return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
    }

    /** Whether each client that a certificate's name stands for is passed through. */
    public boolean covers(String certificateName) {
        return names.contains(certificateName) || (!certificateName.startsWith("*") && has(certificateName));
    }

    /** An equal hello, perhaps one that other connections have. */
    public ClientHello share(ClientHello hello) {
        ClientHello known = hellos.get(hello);
        if (known != null) {
            return known;
        }
        if (hellos.size() >= MOST_HELLOS) {
            // Those that are in use stay with their connections.
            hellos.clear();
        }
        hellos.put(hello, hello);
        return hello;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Passthrough same && names.equals(same.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
