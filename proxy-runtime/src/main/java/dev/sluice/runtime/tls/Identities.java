package dev.sluice.runtime.tls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * The certificates of a listener by name. A name is looked for as it is, then with its first label as a wildcard (RFC 6125 section 6.4.3);
 * several certificates may have one name, with keys of different kinds. Immutable; any thread.
 */
public final class Identities {
    private final List<Identity> all;
    private final Map<String, List<Identity>> byName = new HashMap<>();
    private final Map<String, Identity> byFingerprint = new LinkedHashMap<>();
    private final Map<String, String> scopes = new HashMap<>();
    private final String defaultScope;

    /** @param all at least one; the first serves clients that name nobody */
    public Identities(List<Identity> all) {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("no certificate");
        }
        this.all = List.copyOf(all);
        for (Identity identity : all) {
            byFingerprint.put(identity.fingerprint(), identity);
            for (String name : identity.names()) {
                byName.computeIfAbsent(name, missing -> new ArrayList<>()).add(identity);
            }
        }
        byName.forEach((name, certificates) -> scopes.put(name, allNames(certificates)));
        defaultScope = allNames(defaults());
    }

    /** All, in the order of the configuration. */
    public List<Identity> all() {
        return all;
    }

    /** A certificate by its digest; null = it is not among these. */
    public @Nullable Identity byFingerprint(String fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    /** The digests of all, in the order of the configuration: another list is another set of certificates. */
    public List<String> fingerprints() {
        return List.copyOf(byFingerprint.keySet());
    }

    /** The certificates of a name, which may end with a dot; empty = none has it. */
    public List<Identity> named(String name) {
        String served = served(name);
        return served == null ? List.of() : Objects.requireNonNull(byName.get(served));
    }

    /** The name in certificates, possibly a wildcard, by which a name is served; null = none is. */
    private @Nullable String served(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String wanted = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (byName.containsKey(wanted)) {
            return wanted;
        }
        int dot = wanted.indexOf('.');
        String wildcard = dot <= 0 ? "" : "*" + wanted.substring(dot);
        return byName.containsKey(wildcard) ? wildcard : null;
    }

    /**
     * The certificates for clients that name nobody, or an unknown name: the first, and others with its names, whose keys are of another
     * kind.
     */
    public List<Identity> defaults() {
        Identity first = all.getFirst();
        return first.names().isEmpty() ? List.of(first) : named(first.names().getFirst());
    }

    /**
     * The scope of a session under a name: all names of the certificates that are offered for it. A session may go on under another name only if the
     * certificate that the client has checked is valid for that one too (RFC 8446 section 4.6.1), and a renewed certificate has the names of the
     * old one.
     *
     * @param name null = the client names nobody
     */
    public String scope(@Nullable String name) {
        String served = name == null ? null : served(name);
        return served == null ? defaultScope : Objects.requireNonNull(scopes.get(served));
    }

    /** The scopes of all names, and of none. */
    public Set<String> scopes() {
        Set<String> all = new HashSet<>(scopes.values());
        all.add(defaultScope);
        return all;
    }

    private static String allNames(List<Identity> certificates) {
        // A space is in no name, and a line belongs to one certificate.
        Set<String> lines = new TreeSet<>();
        for (Identity certificate : certificates) {
            lines.add(String.join(" ", new TreeSet<>(certificate.names())));
        }
        return String.join("\n", lines);
    }

    /** The first certificate among several with a key of one of these kinds; null = there is none. */
    public static @Nullable Identity withKey(List<Identity> among, Collection<String> keyTypes) {
        for (Identity identity : among) {
            if (keyTypes.contains(identity.keyType())) {
                return identity;
            }
        }
        return null;
    }
}
