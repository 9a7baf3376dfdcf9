package dev.sluice.runtime.config.model;

import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.shape.Syntax;

/** A routing rule from a listener to a cluster; of several, the first that matches is taken. */
public record RouteConfig( // @formatter:off
        @ConfigDescription("The conditions, all of which must hold. Default: every connection, for the last route "
                + "only.")
        Optional<Match> match,
        @Syntax(Syntax.Kind.TEXT) @ConfigDescription(value = "The name of a cluster.", hint = "the name of a cluster")
        String cluster,
        ConfigPlace place) { // @formatter:on
    /**
     * The conditions of a route. Each condition with values must hold for one of them, and at least one condition has
     * values.
     *
     * @param protocols values of {@link dev.sluice.api.Attributes#PROTOCOL}, in lower case
     * @param sni values of {@link dev.sluice.api.Attributes#SNI} in lower case; a leading {@code *.} matches exactly
     *     one label
     * @param alpn names, one of which must be in {@link dev.sluice.api.Attributes#ALPN}
     * @param clientSan names, one of which must be in {@link dev.sluice.api.Attributes#CLIENT_SAN}; a leading {@code *.} matches exactly
     *     one label
     */
    public record Match( // @formatter:off
            @ConfigKey("protocol") @ConfigNotEmpty @Syntax(Syntax.Kind.PROTOCOL)
            @ConfigDescription("The protocol that the client speaks, as a filter has detected it: tls, http1, "
                    + "http2, ssh and the "
                    + "like. One of these.")
            List<String> protocols,
            @ConfigNotEmpty @Syntax(Syntax.Kind.SERVER_NAME)
            @ConfigDescription("The server name that the client sends in TLS, or *.example.com for exactly one more "
                    + "label. One of these.")
            List<String> sni,
            @ConfigNotEmpty @Syntax(Syntax.Kind.ALPN)
            @ConfigDescription("A protocol that the client offers in TLS, such as h2. One of these.") List<String> alpn,
            @ConfigKey("source") @ConfigNotEmpty
            @ConfigDescription("The client's network or address: a CIDR or an IP address. One of these.")
            List<Cidr> sources,
            @ConfigNotEmpty @Syntax(Syntax.Kind.CLIENT_NAME)
            @ConfigDescription("A name in the certificate of the client, which clientAuth of tls has verified: a host name, *.example.com "
                    + "for exactly one more label, a URI such as spiffe://example/billing, or an address of mail. One of these.")
            List<String> clientSan) { // @formatter:on
        /** Conditions on other things than the certificate of the client. */
        public Match(List<String> protocols, List<String> sni, List<String> alpn, List<Cidr> sources) {
            this(protocols, sni, alpn, sources, List.of());
        }

        public Match {
            protocols = protocols.stream().distinct().toList();
            sni = sni.stream().distinct().toList();
            alpn = alpn.stream().distinct().toList();
            sources = sources.stream().distinct().toList();
            clientSan = clientSan.stream().distinct().toList();
        }

        /** Whether there is no condition. */
        public boolean isEmpty() {
            return protocols.isEmpty() && sni.isEmpty() && alpn.isEmpty() && sources.isEmpty()
                    && clientSan.isEmpty();
        }
    }
}
