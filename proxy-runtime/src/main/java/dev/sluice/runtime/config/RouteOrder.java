package dev.sluice.runtime.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;

/** A check for routes that no connection takes. Used by one thread, for one load. */
final class RouteOrder {
    /** The most comparisons in a load: comparing costs time, and a configuration may have many conditions. */
    private static final int MOST = 500_000;

    private final Problems problems;
    private int left = MOST;

    RouteOrder(Problems problems) {
        this.problems = problems;
    }

    void check(ListenerConfig listener) {
        List<RouteConfig> routes = listener.routes();
        for (int i = 0; i < routes.size(); i++) {
            RouteConfig route = routes.get(i);
            int behind = routes.size() - 1 - i;
            RouteConfig.Match match = route.match().orElse(null);
            if (route.place().isWrong("match")) {
                continue;
            }
            if (match == null) {
                if (behind > 0) {
                    problems.add(route.place().at(null), "this route takes every connection, so "
                            + (behind == 1 ? "the route" : "the " + behind + " routes") + " after it can never match",
                            "match in each route but the last", null);
                }
                break;
            }
            if (match.isEmpty()) {
                problems.add(route.place().at("match"), "this match has no conditions",
                        "at least one of protocol, sni, alpn, source and clientSan; a route without match takes every connection",
                        null);
            }
            if (!match.clientSan().isEmpty() && !listener.tls().map(tls -> tls.clientAuth().isOn()).orElse(false)) {
                problems.add(route.place().at("match"), "this listener verifies no certificates of clients, so that"
                        + " clientSan could match nobody",
                        "clientSan with tls.clientAuth.mode: require or request", null);
            }
            shadowed(route, match, routes.subList(0, i));
        }
        if (problems.isEmpty()) {
            attributes(listener);
        }
    }

    private void shadowed(RouteConfig route, RouteConfig.Match match, List<RouteConfig> before) {
        for (RouteConfig earlier : before) {
            if (left > 0 && earlier.match().isPresent() && covers(earlier.match().get(), match)) {
                ConfigPlace.Spot at = route.place().at(null);
                problems.warn(at, "no connection reaches this route: everything it matches is taken by the route "
                        + earlier.place().at(null).from(at));
                return;
            }
        }
    }

    /** Whether every connection that {@code other} matches is matched by {@code match} too. */
    private boolean covers(RouteConfig.Match match, RouteConfig.Match other) {
        left--;
        return coversTexts(match.protocols(), other.protocols())
                && coversNames(match.sni(), other.sni())
                && coversTexts(match.alpn(), other.alpn())
                && coversNames(match.clientSan(), other.clientSan())
                && coversSources(match.sources(), other.sources());
    }

    private boolean coversTexts(List<String> texts, List<String> others) {
        return texts.isEmpty() || (!others.isEmpty() && set(texts).containsAll(others));
    }

    private boolean coversNames(List<String> names, List<String> others) {
        if (names.isEmpty() || others.isEmpty()) {
            return names.isEmpty();
        }
        Set<String> set = set(names);
        return others.stream().allMatch(other -> set.contains(other) || set.contains(ServerName.wildcardOf(other)));
    }

    private Set<String> set(List<String> texts) {
        left -= texts.size();
        return new HashSet<>(texts);
    }

    private boolean coversSources(List<Cidr> sources, List<Cidr> others) {
        return sources.isEmpty() || (!others.isEmpty() && others.stream().allMatch(other -> covers(sources, other)));
    }

    private boolean covers(List<Cidr> sources, Cidr other) {
        left -= sources.size();
        return left > 0 && sources.stream().anyMatch(
                source -> source.prefixLength() <= other.prefixLength() && source.contains(other.network()));
    }

    /** Warns of routes by attributes that no filter supplies. A filter that is not built in may supply any of them. */
    private void attributes(ListenerConfig listener) {
        boolean supplied = listener.tls().isPresent() || listener.filters().stream().map(FilterConfig::type)
                .anyMatch(type -> !FilterTypes.isBuiltIn(type) || type.equals(FilterTypes.SNIFF));
        for (RouteConfig route : supplied ? List.<RouteConfig>of() : listener.routes()) {
            RouteConfig.Match match = route.match().orElse(null);
            if (match == null || (match.protocols().isEmpty() && match.sni().isEmpty() && match.alpn().isEmpty())) {
                continue;
            }
            String what = !match.sni().isEmpty() ? "sni" : match.protocols().isEmpty() ? "alpn" : "protocol";
            problems.warn(route.place().at(null),
                    "no connection reaches this route: no filter of this listener detects "
                            + what + "; add one of type " + FilterTypes.SNIFF);
            return;
        }
    }
}
