package dev.sluice.runtime.admin;

import java.util.LinkedHashSet;

import dev.sluice.runtime.admin.AdminRoutes.Route;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.observe.ClientQuestions;
import dev.sluice.runtime.observe.ExplanationText;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.ProxyView;

/** The path that says what would become of a client, without a connection. Any thread. */
final class ExplainRoute {
    private final ProxyView view;

    private ExplainRoute(ProxyView view) {
        this.view = view;
    }

    static Route of(ProxyView view) {
        ExplainRoute explain = new ExplainRoute(view);
        return new Route("GET", "/explain", new LinkedHashSet<>(ClientQuestions.NAMES),
                "what a client would get, without a connection: filters, route, cluster, endpoint, timeouts; listener, client:"
                        + " its address; sni, alpn, protocol, clientSan: as far as they are known",
                explain::respond);
    }

    private Response respond(AdminRequest request) {
        ClientQuestion question = question(request);
        ClientExplanation answer = view.explain(question);
        if (answer == null) {
            throw new BadRequestException(ClientQuestions.noListener(question.listener(),
                    view.listeners().stream().map(ListenerView::name).toList()));
        }
        return Response.json(200, json -> ExplanationText.write(json, question, answer));
    }

    private static ClientQuestion question(AdminRequest request) {
        try {
            return ClientQuestions.of(request.parameters());
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(String.valueOf(e.getMessage()));
        }
    }
}
