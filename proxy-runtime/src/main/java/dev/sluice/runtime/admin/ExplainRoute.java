package dev.sluice.runtime.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.admin.AdminRoutes.Route;
import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientExplanation.FilterSentence;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.ProxyView;
import org.jspecify.annotations.Nullable;

/** The path that says what would become of a client, without a connection. Any thread. */
final class ExplainRoute {
    private static final String LISTENER = "listener";
    private static final String CLIENT = "client";
    private static final String SNI = "sni";
    private static final String ALPN = "alpn";
    private static final String PROTOCOL = "protocol";
    private static final String CLIENT_SAN = "clientSan";
    private static final Set<String> PARAMETERS = new LinkedHashSet<>(
            List.of(LISTENER, CLIENT, SNI, ALPN, PROTOCOL, CLIENT_SAN));
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern PROTOCOL_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,2048}");

    private final ProxyView view;

    private ExplainRoute(ProxyView view) {
        this.view = view;
    }

    static Route of(ProxyView view) {
        ExplainRoute explain = new ExplainRoute(view);
        return new Route("GET", "/explain", PARAMETERS,
                "what a client would get, without a connection: filters, route, cluster, endpoint, timeouts; listener, client:"
                        + " its address; sni, alpn, protocol, clientSan: as far as they are known",
                explain::respond);
    }

    private Response respond(AdminRequest request) {
        Map<String, String> given = request.parameters();
        String listener = decoded(given.getOrDefault(LISTENER, ""));
        String sni = text(given, SNI);
        ClientQuestion question = new ClientQuestion(listener, address(given.get(CLIENT)),
                matching(HOST_NAME, SNI, sni == null ? null : sni.toLowerCase(Locale.ROOT),
                        "a host name, such as api.example.com"),
                matching(VISIBLE, ALPN, text(given, ALPN),
                        "protocols of TLS, the preferred first, such as h2,http/1.1"),
                matching(PROTOCOL_NAME, PROTOCOL, text(given, PROTOCOL),
                        "a name in lower case, such as tls, http1, http2 or ssh"),
                matching(VISIBLE, CLIENT_SAN, text(given, CLIENT_SAN),
                        "names in the certificate of the client, joined by commas"));
        ClientExplanation answer = view.explain(question);
        if (answer == null) {
            throw new BadRequestException("listener is \"" + listener + "\"; allowed: "
                    + String.join(", ", view.listeners().stream().map(ListenerView::name).toList()));
        }
        return Response.json(200, json -> write(json, question, answer));
    }

    private static @Nullable String text(Map<String, String> given, String name) {
        String text = given.getOrDefault(name, "");
        return text.isEmpty() ? null : decoded(text);
    }

    private static String decoded(String sent) {
        try {
            // As in a path, a plus sign means itself.
            return URLDecoder.decode(sent.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(
                    "\"" + sent + "\" is not a value; allowed: a % only before two hexadecimal digits");
        }
    }

    private static @Nullable String matching(Pattern allowed, String name, @Nullable String text, String hint) {
        if (text != null && !allowed.matcher(text).matches()) {
            throw new BadRequestException(name + " is \"" + text + "\"; allowed: " + hint);
        }
        return text;
    }

    /** The address of the client; null = it has none. */
    private static @Nullable IpAddress address(@Nullable String sent) {
        String text = sent == null ? "" : decoded(sent);
        if (text.equals("unix")) {
            return null;
        }
        try {
            return IpAddress.parse(text);
        } catch (ConfigException e) {
            throw new BadRequestException("client is \"" + text + "\"; allowed: an IP address, such as 192.0.2.7 or"
                    + " 2001:db8::7; unix for a client of a Unix socket");
        }
    }

    private static void write(JsonWriter json, ClientQuestion question, ClientExplanation answer) {
        json.name("generation").value(answer.generation()).name("listener").value(answer.listener());
        json.name("state").value(answer.state()).name("client").value(client(question)).name("facts").beginObject();
        answer.facts().forEach((name, value) -> json.name(name).value(value));
        json.endObject().name("filters").beginArray();
        for (FilterSentence filter : answer.filters()) {
            json.beginObject().name("name").value(filter.name()).name("type").value(filter.type());
            json.name("text").value(filter.text()).endObject();
        }
        json.endArray().name("tls").value(answer.tls()).name("route").value(answer.route());
        json.name("cluster").value(answer.cluster()).name("balancer").value(answer.balancer());
        json.name("endpoint").value(answer.endpoint()).name("endpoint_state").value(answer.endpointState());
        json.name("problem").value(answer.problem()).name("timeouts").beginArray();
        answer.timeouts().forEach(json::value);
        json.endArray().name("text").value(text(question, answer));
    }

    private static @Nullable String client(ClientQuestion question) {
        return question.client() == null ? null : question.client().toString();
    }

    /** The answer in lines for people. */
    private static String text(ClientQuestion question, ClientExplanation answer) {
        StringJoiner facts = new StringJoiner(", ");
        facts.add(question.client() == null ? "without an address" : question.client().toString());
        answer.facts().forEach((name, value) -> facts.add(name + " " + value));
        List<String> lines = new ArrayList<>();
        lines.add("listener  " + answer.listener() + " (" + answer.state() + "), generation " + answer.generation());
        lines.add("client    " + facts);
        for (FilterSentence filter : answer.filters()) {
            lines.add("filter    " + filter.name()
                    + (filter.name().equals(filter.type()) ? "" : " (" + filter.type() + ")") + ": " + filter.text());
        }
        lines.add("TLS       " + answer.tls());
        lines.add("route     " + (answer.route() == null ? "none" : answer.route()));
        if (answer.cluster() != null) {
            lines.add("cluster   " + answer.cluster() + " (" + answer.balancer() + ")");
        }
        if (answer.endpoint() != null) {
            lines.add("endpoint  " + answer.endpoint() + " (" + answer.endpointState() + ")");
        }
        if (answer.problem() != null) {
            lines.add((answer.cluster() != null && answer.endpoint() == null ? "endpoint  " : "problem   ")
                    + answer.problem());
        }
        answer.timeouts().forEach(timeout -> lines.add("timeout   " + timeout));
        return String.join("\n", lines);
    }
}
