package dev.sluice.runtime;

import java.util.List;
import java.util.Optional;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.observe.ExplanationText;

/** The fate of a {@link PossibleClient}, if its filters accept it and choose no cluster themselves. Immutable. */
public final class ExplainResult {
    private final ClientQuestion question;
    private final ClientExplanation answer;

    ExplainResult(ClientQuestion question, ClientExplanation answer) {
        this.question = question;
        this.answer = answer;
    }

    /** {@return the sentence of each filter about the client, in order, such as {@code acl: accepts: no rule …}} */
    public List<String> filters() {
        return answer.filters().stream().map(filter -> filter.name() + ": " + filter.text()).toList();
    }

    /** {@return the route, as in the access log; empty if none matches} */
    public Optional<String> route() {
        return Optional.ofNullable(answer.route());
    }

    /** {@return the cluster of the route} */
    public Optional<String> cluster() {
        return Optional.ofNullable(answer.cluster());
    }

    /** {@return the address of the endpoint that is dialled first} */
    public Optional<String> endpoint() {
        return Optional.ofNullable(answer.endpoint());
    }

    /** {@return the reason for which the client does not get one endpoint, in words} Filters speak for themselves. */
    public Optional<String> problem() {
        return Optional.ofNullable(answer.firstProblem());
    }

    /** {@return the timeouts of such a connection, in words: of two, the one that comes first} */
    public List<String> timeouts() {
        return answer.timeouts();
    }

    /** {@return all of it for people, in lines; the last one has no end} */
    public String text() {
        return ExplanationText.of(question, answer);
    }

    /** {@return all of it as one line of JSON, with the fields of {@code GET /explain}} */
    public String toJson() {
        StringBuilder text = new StringBuilder();
        JsonWriter json = new JsonWriter(text).beginObject();
        ExplanationText.write(json, question, answer);
        json.endObject();
        return text.toString();
    }

    @Override
    public String toString() {
        return text();
    }
}
