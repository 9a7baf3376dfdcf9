package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;
import dev.sluice.runtime.config.model.RouteMatch;

/** Reads where the connections of a listener go: {@code cluster:} or {@code routes:}. */
final class RouteReader {
    private static final Pattern PROTOCOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final ScalarParser<String> PROTOCOL = ScalarParser.of(new Form.Text(PROTOCOL_NAME.pattern(), true),
            RouteReader::protocol);
    private static final Map<String, String> PROTOCOLS_MEANT = Map.of("http/1.0", "http1", "http/1.1", "http1",
            "http/2", "http2");
    /** What RFC 7301 allows, less what would break a log line, or the commas between several. */
    private static final Pattern ALPN_NAME = Pattern.compile("[!-+.-~-]{1,255}");
    private static final ScalarParser<String> ALPN = ScalarParser.of(new Form.Text(ALPN_NAME.pattern(), true),
            RouteReader::alpn);
    private static final ScalarParser<Cidr> SOURCE = ScalarParser.of(Form.CIDR, RouteReader::source);

    private RouteReader() {}

    static List<Draft.Route> read(Section listener) {
        Located<String> cluster = listener.optional("cluster", Scalars::text);
        if (!listener.has("routes")) {
            listener.require("cluster", "the name of a cluster; or routes, to choose among several");
            return List.of(new Draft.Route(listener.at("cluster"), listener.path().key("cluster"), null, cluster));
        }
        if (listener.has("cluster")) {
            listener.problem("cluster", "'cluster' beside 'routes'",
                    "one of both; cluster stands for routes: [ { cluster: NAME } ]", null);
        }
        List<Section> sections = listener.someSections("routes", "routes",
                "[ { match: { sni: api.example.com }, cluster: api }, { cluster: web } ]");
        List<Draft.Route> routes = new ArrayList<>();
        sections.forEach(section -> routes.add(route(section)));
        return routes;
    }

    private static Draft.Route route(Section section) {
        RouteMatch match = section.has("match") ? match(section, section.section("match")) : null;
        Located<String> cluster = section.required("cluster", Scalars::text, "the name of a cluster");
        section.refuseOtherKeys();
        return new Draft.Route(section.at(), section.path(), match, cluster);
    }

    private static RouteMatch match(Section route, Section section) {
        RouteMatch match = new RouteMatch(
                conditions(section, "protocol", PROTOCOL),
                conditions(section, "sni", ServerName.PARSER),
                conditions(section, "alpn", ALPN),
                conditions(section, "source", SOURCE));
        section.refuseOtherKeys();
        boolean mapping = !(route.node("match") instanceof Node.Scalar scalar) || scalar.kind() == Node.Kind.NOTHING;
        if (mapping && section.node().entries().isEmpty() && !(route.node("match") instanceof Node.Sequence)) {
            route.problem("match", "this match has no conditions",
                    "at least one of protocol, sni, alpn and source; a route without match takes every connection",
                    null);
        }
        return match;
    }

    private static <T> List<T> conditions(Section match, String key, ScalarParser<T> parser) {
        if (match.node(key) instanceof Node.Sequence sequence && sequence.items().isEmpty()) {
            match.problem(key, "this list is empty", "at least one, or leaving the key out", null);
        }
        return match.values(key, parser).stream().map(Located::value).distinct().toList();
    }

    private static Result<String> protocol(ScalarParser.Input input) {
        if (PROTOCOL_NAME.matcher(input.text()).matches()) {
            return new Good<>(input.text());
        }
        String lower = input.text().strip().toLowerCase(Locale.ROOT);
        String meant = PROTOCOLS_MEANT.getOrDefault(lower, lower);
        return new Bad<>(input.quoted() + " is not the name of a protocol",
                "a name in lower case, such as tls, http1, http2 or ssh",
                PROTOCOL_NAME.matcher(meant).matches() ? meant : null);
    }

    private static Result<String> alpn(ScalarParser.Input input) {
        return ALPN_NAME.matcher(input.text()).matches()
                ? new Good<>(input.text())
                : new Bad<>(input.quoted() + " is not the name of a protocol in TLS",
                        "a name as in IANA's list, such as h2 or http/1.1; several as a list", null);
    }

    private static Result<Cidr> source(ScalarParser.Input input) {
        try {
            return new Good<>(Cidr.parse(input.text()));
        } catch (ConfigException e) {
            return PluginCode.bad(e);
        }
    }
}
