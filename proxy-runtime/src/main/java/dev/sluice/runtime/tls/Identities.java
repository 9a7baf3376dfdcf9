package dev.sluice.runtime.tls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The certificates of a listener by name. A name is looked for as it is, then with its first label as a wildcard (RFC 6125 section 6.4.3);
 * several certificates may have one name, with keys of different kinds. Immutable; any thread.
 */
public final class Identities {
    private final List<Identity> all;
    private final Map<String, List<Identity>> byName = new HashMap<>();
    private final Map<String, Identity> byFingerprint = new LinkedHashMap<>();

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

    /** The certificates of a name; empty = none has it. */
    public List<Identity> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<Identity> exact = byName.get(wanted);
        if (exact != null) {
            return exact;
        }
        int dot = wanted.indexOf('.');
        return dot <= 0 ? List.of() : byName.getOrDefault("*" + wanted.substring(dot), List.of());
    }

    /**
     * The certificates for clients that name nobody, or an unknown name: the first, and others with its names, whose keys are of another
     * kind.
     */
    public List<Identity> defaults() {
        Identity first = all.getFirst();
        return first.names().isEmpty() ? List.of(first) : named(first.names().getFirst());
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
