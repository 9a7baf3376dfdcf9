package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.cluster.Choice;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientExplanation.FilterSentence;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.relay.Acceptor;
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
    /** The knowledge about the world outside of a configuration. */
    interface World {
        /** The number of the generation that serves; 0 = none does. */
        long generation();

        /** The socket of a listener; null = it has none. */
        @Nullable
        Socket socket(ListenerConfig listener);

        /** The state of an endpoint in one word. */
        String state(EndpointState endpoint, long now);

        /** The reason for which a cluster has no endpoints, in words. */
        String noEndpoints(Cluster cluster);
    }

    /**
     * A listening socket.
     *
     * @param state in one word
     * @param bound its address
     * @param problem the reason for which it does not accept the next client, in words; null = it does
     */
    record Socket(String state, SocketAddress bound, @Nullable String problem) {
        static Socket of(Acceptor acceptor, ConnectionLimit processLimit) {
            return new Socket(acceptor.state().label(), acceptor.socket().address(), problem(acceptor, processLimit));
        }

        private static @Nullable String problem(Acceptor acceptor, ConnectionLimit processLimit) {
            return switch (acceptor.state()) {
                case CLOSED, FINISHING -> "the listener does not listen: clients are refused";
                case PAUSED -> "the listener does not accept yet: clients wait in the backlog";
                case PAUSED_RESOURCES -> "no file descriptor is left: clients wait in the backlog";
                case OPEN, PAUSED_LIMIT -> {
                    ConnectionLimit own = acceptor.serving().listener().limit();
                    yield !processLimit.hasRoom() ? full(processLimit) : own.hasRoom() ? null : full(own);
                }
            };
        }

        private static String full(ConnectionLimit limit) {
            return limit.owner() + " is at its maximum of " + limit.max()
                    + ": the client waits in the backlog until a connection ends";
        }
    }

    private final Generation generation;
    private final World world;

    Explainer(Generation generation, World world) {
        this.generation = generation;
        this.world = world;
    }

    /** The answer to a question; null if there is no such listener. */
    @Nullable
    ClientExplanation explain(ClientQuestion question) {
        Serving listener = generation.listeners().get(question.listener());
        ListenerConfig config = generation.configuration().listeners().stream()
                .filter(each -> each.name().equals(question.listener())).findFirst().orElse(null);
        Socket socket = config == null ? null : world.socket(config);
        if (listener == null || config == null || socket == null) {
            return null;
        }
        long now = System.nanoTime();
        boolean behind = config.proxyProtocol().isPresent();
        AskedClient client = new AskedClient(question.listener(), question.client(), socket.bound(), behind);
        List<FilterSentence> filters = new ArrayList<>();
        for (FilterSlot slot : listener.listener().plan().slots()) {
            filters.add(new FilterSentence(slot.name(), slot.type(), slot.explain(client, now)));
        }
        ClientFacts facts = ClientFacts.of(question, listener.listener(), config);
        Route route = listener.routes().of(facts.known(), question.client());
        Cluster cluster = route == null ? null : route.cluster();
        Choice choice = cluster == null ? null : cluster.preview(ClientAddress.hash(question.client()), now);
        EndpointState endpoint = choice == null ? null : choice.endpoint();
        return new ClientExplanation(world.generation(), question.listener(), socket.state(), facts.named(),
                behind ? header(config) : null, facts.tls(), List.copyOf(filters),
                route == null ? null : route.label(), cluster == null ? null : cluster.name(),
                cluster == null ? null : cluster.endpoints().balancer().label(),
                endpoint == null ? null : endpoint.label(), endpoint == null ? null : world.state(endpoint, now),
                problem(socket, question.client(), behind, facts), missing(cluster, choice),
                TimeoutSentences.of(config, listener.listener().settings(), cluster));
    }

    private static String header(ListenerConfig config) {
        List<String> trusted = config.proxyProtocol().stream().flatMap(header -> header.trustedSources().stream())
                .map(Object::toString).toList();
        return "a header comes first, and the client is the one that it names; it is believed from "
                + String.join(", ", trusted) + ", others are reset";
    }

    /** The first thing on the client's way that keeps it from its endpoint. */
    private static @Nullable String problem(Socket socket, @Nullable IpAddress client, boolean behind,
            ClientFacts facts) {
        if (socket.problem() != null) {
            return socket.problem();
        }
        boolean unix = socket.bound() instanceof UnixDomainSocketAddress;
        if (!behind && unix != (client == null)) {
            return unix
                    ? "nobody comes to a Unix socket with an address: ask about the client unix"
                    : "nobody comes to an IP address without an address: the client unix is for Unix sockets";
        }
        return facts.refusal();
    }

    private @Nullable String missing(@Nullable Cluster cluster, @Nullable Choice choice) {
        if (cluster == null || choice == null) {
            return "no route matches: the connection is reset (no-route)";
        }
        return switch (choice.kind()) {
            case ENDPOINT -> null;
            case DRAWN -> "one of several, drawn at random when a connection comes";
            case NO_ENDPOINT -> world.noEndpoints(cluster);
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
