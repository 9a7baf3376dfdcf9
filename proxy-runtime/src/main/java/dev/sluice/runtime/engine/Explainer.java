package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Choice;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientExplanation.FilterSentence;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.relay.ClientAddress;
import dev.sluice.runtime.relay.Route;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * Answers to questions about clients that may come, by the objects that connections use: it asks filters, routes and
 * clusters for what they would do, and none of them changes by it. Any thread but an event loop's.
 */
final class Explainer {
    private Explainer() {}

    /**
     * The answer to a question.
     *
     * @param running the sockets in use
     * @return null if there is no such listener
     */
    static @Nullable ClientExplanation explain(ClientQuestion question, Generation serving,
            Map<String, Listeners.Open> running) {
        Serving listener = serving.listeners().get(question.listener());
        Listeners.Open open = running.get(question.listener());
        if (listener == null || open == null) {
            return null;
        }
        ListenerConfig config = serving.configuration().listeners().stream()
                .filter(each -> each.name().equals(question.listener())).findFirst().orElseThrow();
        long now = System.nanoTime();
        AskedClient client = new AskedClient(question.listener(), question.client(), open.bound());
        List<FilterSentence> filters = new ArrayList<>();
        for (FilterSlot slot : listener.listener().plan().slots()) {
            filters.add(new FilterSentence(slot.name(), slot.type(), slot.explain(client, now)));
        }
        ClientFacts facts = ClientFacts.of(question, listener.listener(), config);
        Route route = listener.routes().of(facts.known(), question.client());
        Cluster cluster = route == null ? null : route.cluster();
        Choice choice = cluster == null ? null : cluster.preview(ClientAddress.hash(question.client()), now);
        EndpointState endpoint = choice == null ? null : choice.endpoint();
        String problem = facts.refusal() != null ? facts.refusal() : problem(cluster, choice);
        return new ClientExplanation(serving.number(), question.listener(), open.acceptor().view().state(),
                facts.named(), facts.tls(), List.copyOf(filters), route == null ? null : route.label(),
                cluster == null ? null : cluster.name(),
                cluster == null ? null : cluster.endpoints().balancer().label(),
                endpoint == null ? null : endpoint.label(), endpoint == null ? null : endpoint.word(now).label(),
                problem, TimeoutSentences.of(config, listener.listener().settings(), cluster));
    }

    private static @Nullable String problem(@Nullable Cluster cluster, @Nullable Choice choice) {
        if (cluster == null || choice == null) {
            return "no route matches: the connection is reset (no-route)";
        }
        return switch (choice.kind()) {
            case ENDPOINT -> null;
            case DRAWN -> "one of several, drawn at random when a connection comes";
            case NO_ENDPOINT -> "the cluster has no endpoints: the connection is reset (no-endpoint)";
            case NONE_USABLE ->
                "operators or health checks keep clients from every endpoint: the connection is reset (no-endpoint)";
            case FULL -> "the cluster, or each endpoint that could be used, is at its maxConnections: the connection is"
                    + " reset (cluster-full)";
            case QUEUED -> "every place is taken: the client waits in the queue, behind "
                    + cluster.state().queue().length() + " others, for "
                    + TimeoutSentences.show(cluster.policy().queueNanos()) + " at most";
            case QUEUE_FULL -> "every place is taken, and the queue is full: the connection is reset (queue-full)";
        };
    }
}
