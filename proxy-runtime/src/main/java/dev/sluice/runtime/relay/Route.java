package dev.sluice.runtime.relay;

import java.util.List;
import java.util.Set;

import dev.sluice.api.Attributes;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * A routing rule: the cluster for connections that match.
 *
 * @param match the conditions; null = every connection matches
 * @param label for access log and admin: the place of the route in its listener, and the pattern that matched
 */
public record Route(@Nullable Match match, Cluster cluster, String label) {
    /**
     * Conditions, all of which have to hold. A list holds if one of its entries does, or if it is empty.
     *
     * @param protocols as filters have found them
     * @param sni server names of TLS, in lower case; {@code *.example.com} matches names with exactly one label before
     *     {@code .example.com} (RFC 6125 section 6.4.3)
     * @param alpn protocols, one of which the client has to offer
     * @param clientSan names in the certificate of the client, as {@code sni}
     * @param sources networks, one of which has to contain the client's address; a client without an address is in none
     */
    public record Match(Set<String> protocols, Set<String> sni, Set<String> alpn, List<Cidr> sources,
            Set<String> clientSan) {
        /** Conditions on other things than the certificate of the client. */
        public Match(Set<String> protocols, Set<String> sni, Set<String> alpn, List<Cidr> sources) {
            this(protocols, sni, alpn, sources, Set.of());
        }

        boolean holds(RouteFacts facts, @Nullable IpAddress source) {
            return sourceMatches(source) && (protocols.isEmpty() || protocolMatches(facts))
                    && (sni.isEmpty() || sniPattern(facts) != null) && (alpn.isEmpty() || alpnMatches(facts))
                    && (clientSan.isEmpty() || clientSanMatches(facts));
        }

        private boolean sourceMatches(@Nullable IpAddress source) {
            if (sources.isEmpty()) {
                return true;
            }
            for (int i = 0; source != null && i < sources.size(); i++) {
                if (sources.get(i).contains(source)) {
                    return true;
                }
            }
            return false;
        }

        private boolean protocolMatches(RouteFacts facts) {
            String protocol = facts.attribute(Attributes.PROTOCOL);
            return protocol != null && protocols.contains(protocol);
        }

        /** The most specific pattern that the name matches: the name itself before a wildcard. */
        private @Nullable String sniPattern(RouteFacts facts) {
            String name = facts.attribute(Attributes.SNI);
            return name == null ? null : pattern(sni, name);
        }

        private static @Nullable String pattern(Set<String> among, String name) {
            if (among.contains(name)) {
                return name;
            }
            int dot = name.indexOf('.');
            // A wildcard is for host names, and not for the host in a URI or an address of mail.
            String wildcard = dot <= 0 || name.indexOf('@') >= 0 || name.indexOf(':') >= 0
                    ? null
                    : "*" + name.substring(dot);
            return wildcard != null && among.contains(wildcard) ? wildcard : null;
        }

        private boolean clientSanMatches(RouteFacts facts) {
            String names = facts.attribute(Attributes.CLIENT_SAN);
            for (int from = 0; names != null && from <= names.length();) {
                int comma = names.indexOf(',', from);
                int to = comma < 0 ? names.length() : comma;
                if (pattern(clientSan, names.substring(from, to)) != null) {
                    return true;
                }
                from = to + 1;
            }
            return false;
        }

        private boolean alpnMatches(RouteFacts facts) {
            String offered = facts.attribute(Attributes.ALPN);
            for (int from = 0; offered != null && from <= offered.length();) {
                int comma = offered.indexOf(',', from);
                int to = comma < 0 ? offered.length() : comma;
                if (alpn.contains(offered.substring(from, to))) {
                    return true;
                }
                from = to + 1;
            }
            return false;
        }
    }

    boolean holds(RouteFacts facts, @Nullable IpAddress source) {
        return match == null || match.holds(facts, source);
    }

    /** The server name or wildcard of this route that matched; null if it has none. */
    @Nullable
    String sniPattern(RouteFacts facts) {
        return match == null || match.sni.isEmpty() ? null : match.sniPattern(facts);
    }
}
