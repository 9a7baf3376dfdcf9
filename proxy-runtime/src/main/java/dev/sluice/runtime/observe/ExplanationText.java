package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ClientExplanation.FilterSentence;
import org.jspecify.annotations.Nullable;

/** The answer to a question about a client as JSON, and in lines for people. Pure. */
public final class ExplanationText {
    private ExplanationText() {}

    /** Adds the fields of the answer to an object. */
    public static void write(JsonWriter json, ClientQuestion question, ClientExplanation answer) {
        json.name("generation");
        if (answer.generation() == 0) {
            json.value((String) null);
        } else {
            json.value(answer.generation());
        }
        json.name("listener").value(answer.listener()).name("state").value(answer.state());
        json.name("client").value(client(question)).name("facts").beginObject();
        answer.facts().forEach((name, value) -> json.name(name).value(value));
        json.endObject().name("proxy_header").value(answer.header()).name("filters").beginArray();
        for (FilterSentence filter : answer.filters()) {
            json.beginObject().name("name").value(filter.name()).name("type").value(filter.type());
            json.name("text").value(filter.text()).endObject();
        }
        json.endArray().name("tls").value(answer.tls()).name("route").value(answer.route());
        json.name("cluster").value(answer.cluster()).name("balancer").value(answer.balancer());
        json.name("endpoint").value(answer.endpoint()).name("endpoint_state").value(answer.endpointState());
        json.name("problem").value(answer.firstProblem()).name("timeouts").beginArray();
        answer.timeouts().forEach(json::value);
        json.endArray().name("text").value(of(question, answer));
    }

    private static @Nullable String client(ClientQuestion question) {
        return question.client() == null ? null : question.client().toString();
    }

    /** The answer in lines, without an end of the last one. */
    public static String of(ClientQuestion question, ClientExplanation answer) {
        StringJoiner facts = new StringJoiner(", ");
        facts.add(question.client() == null ? "without an address" : question.client().toString());
        answer.facts().forEach((name, value) -> facts.add(name + " " + value));
        List<String> lines = new ArrayList<>();
        lines.add("listener  " + answer.listener() + " (" + answer.state() + ")"
                + (answer.generation() == 0 ? "" : ", generation " + answer.generation()));
        lines.add("client    " + facts);
        add(lines, "PROXY     ", answer.header());
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
        add(lines, answer.cluster() == null ? "problem   " : "endpoint  ", answer.missing());
        add(lines, "problem   ", answer.problem());
        answer.timeouts().forEach(timeout -> lines.add("timeout   " + timeout));
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, String label, @Nullable String text) {
        if (text != null) {
            lines.add(label + text);
        }
    }
}
