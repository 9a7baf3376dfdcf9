package dev.sluice.runtime.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.RouteMatch;

/** Finds the routes that no connection takes. Used by one thread, for one load. */
final class RouteOrder {
    /** Comparing costs time, and a configuration may have as many conditions as fit into it: so many comparisons in a load. */
    private static final int MOST = 500_000;

    private final Problems problems;
    private int left = MOST;

    RouteOrder(Problems problems) {
        this.problems = problems;
    }

    void check(Draft.Listener listener) {
        List<Draft.Route> routes = listener.routes();
        for (int i = 0; i < routes.size(); i++) {
            Draft.Route route = routes.get(i);
            int behind = routes.size() - 1 - i;
            if (route.match() == null) {
                if (behind > 0) {
                    problems.add(route.at(), route.path(), "this route takes every connection, so that "
                            + (behind == 1 ? "the one" : "the " + behind) + " behind it can have none",
                            "match in each route but the last", null);
                }
                break;
            }
            shadowed(route, route.match(), routes.subList(0, i));
        }
        attributes(listener);
    }

    private void shadowed(Draft.Route route, RouteMatch match, List<Draft.Route> before) {
        for (Draft.Route earlier : before) {
            if (earlier.match() != null && left > 0 && covers(earlier.match(), match)) {
                problems.warn(route.at(), route.path(),
                        "no connection gets to this route: whatever it matches, the one "
                                + earlier.at().from(route.at()) + " has taken before");
                return;
            }
        }
    }

    /** Whether all that one match lets pass would have passed another one. */
    private boolean covers(RouteMatch match, RouteMatch other) {
        left--;
        return coversTexts(match.protocols(), other.protocols())
                && coversNames(match.sni(), other.sni())
                && coversTexts(match.alpn(), other.alpn())
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

    /** What a route asks for has to be found out by someone. Filters that are not built in may do it: who knows. */
    private void attributes(Draft.Listener listener) {
        boolean foundOut = listener.filters().stream().map(Draft.Filter::type)
                .anyMatch(type -> type == null || !BuiltInFilters.has(type.value())
                        || type.value().equals(BuiltInFilters.SNIFF));
        for (Draft.Route route : foundOut ? List.<Draft.Route>of() : listener.routes()) {
            RouteMatch match = route.match();
            if (match == null || (match.protocols().isEmpty() && match.sni().isEmpty() && match.alpn().isEmpty())) {
                continue;
            }
            String what = !match.sni().isEmpty() ? "sni" : match.protocols().isEmpty() ? "alpn" : "protocol";
            problems.warn(route.at(), route.path(),
                    "no connection gets to this route: no filter of this listener finds out "
                            + what + "; one of type " + BuiltInFilters.SNIFF + " does");
            return;
        }
    }
}
