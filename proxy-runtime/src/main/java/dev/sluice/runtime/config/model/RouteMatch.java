package dev.sluice.runtime.config.model;

import java.util.List;

import dev.sluice.api.net.Cidr;

/**
 * The conditions of a route. All that have a list must hold, each for one of the list; an empty list asks for nothing. At least one is not
 * empty.
 *
 * @param protocols what {@link dev.sluice.api.Attributes#PROTOCOL} may be; lower case
 * @param sni what {@link dev.sluice.api.Attributes#SNI} may be: names in lower case, of which {@code *.} in front stands for exactly one label
 * @param alpn one of these must be among the names of {@link dev.sluice.api.Attributes#ALPN}
 * @param sources where the client may be
 */
public record RouteMatch(List<String> protocols, List<String> sni, List<String> alpn, List<Cidr> sources) {
    public RouteMatch {
        protocols = List.copyOf(protocols);
        sni = List.copyOf(sni);
        alpn = List.copyOf(alpn);
        sources = List.copyOf(sources);
    }
}
