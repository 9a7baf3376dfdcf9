package dev.sluice.runtime.config.model;

import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.shape.Syntax;

/** A rule that leads connections of a listener to a cluster; of several, the first that matches is taken. */
public record RouteConfig( // @formatter:off
        @ConfigDescription("Conditions, all of which must hold. Default: every connection; only the last route may "
                + "be so.")
        Optional<Match> match,
        @Syntax(Syntax.Kind.TEXT) @ConfigDescription(value = "Name of a cluster.", hint = "the name of a cluster")
        String cluster,
        ConfigPlace place) { // @formatter:on
    /**
     * The conditions of a route. Each that has values must hold for one of them, and at least one has.
     *
     * @param protocols values of {@link dev.sluice.api.Attributes#PROTOCOL}, in lower case
     * @param sni values of {@link dev.sluice.api.Attributes#SNI} in lower case; {@code *.} in front stands for exactly one label
     * @param alpn names, one of which must be in {@link dev.sluice.api.Attributes#ALPN}
     */
    public record Match( // @formatter:off
            @ConfigKey("protocol") @ConfigNotEmpty @Syntax(Syntax.Kind.PROTOCOL)
            @ConfigDescription("Protocol of the client, as recognised by a filter: tls, http1, http2, ssh and the "
                    + "like. One of these.")
            List<String> protocols,
            @ConfigNotEmpty @Syntax(Syntax.Kind.SERVER_NAME)
            @ConfigDescription("Server name in TLS (SNI), or *.example.com for exactly one more "
                    + "label. One of these.")
            List<String> sni,
            @ConfigNotEmpty @Syntax(Syntax.Kind.ALPN)
            @ConfigDescription("Protocol that the client offers in TLS (ALPN), such as h2. One of these.")
            List<String> alpn,
            @ConfigKey("source") @ConfigNotEmpty
            @ConfigDescription("Address of the client: a CIDR or an address. One of these.")
            List<Cidr> sources) { // @formatter:on
        public Match {
            protocols = protocols.stream().distinct().toList();
            sni = sni.stream().distinct().toList();
            alpn = alpn.stream().distinct().toList();
            sources = sources.stream().distinct().toList();
        }

        /** Whether there is no condition. */
        public boolean isEmpty() {
            return protocols.isEmpty() && sni.isEmpty() && alpn.isEmpty() && sources.isEmpty();
        }
    }
}
