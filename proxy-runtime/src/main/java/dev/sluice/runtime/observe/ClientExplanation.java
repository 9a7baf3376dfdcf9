package dev.sluice.runtime.observe;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The fate of a client that came now, if its filters accept it and choose no cluster themselves.
 *
 * @param generation the configuration that serves; 0 = none does, and the answer is about a configuration alone
 * @param listener the name of the listener
 * @param state the state of the listener, as in {@link ListenerView}; or {@link #OFFLINE}
 * @param facts what routes would know of the client, by the names in their conditions
 * @param header the PROXY header that the connection has to begin with, in words; null = none
 * @param tls the treatment of its TLS, in words
 * @param filters those of the listener, in order
 * @param route the route, as in the access log; null = none matches
 * @param cluster the cluster of the route; null = there is no route
 * @param balancer the way in which the cluster chooses; null = there is no route
 * @param endpoint the endpoint that would be dialled first; null = see {@code missing}
 * @param endpointState the state of that endpoint, in one word; null = there is none
 * @param problem the reason for which the client does not come as far as its endpoint, in words; null = none is known
 * @param missing the reason for which there is no endpoint or not one alone, in words; null = there is one
 * @param timeouts those that would end the connection, each with the one that comes first, in words
 */
public record ClientExplanation(long generation, String listener, String state, Map<String, String> facts,
        @Nullable String header, String tls, List<FilterSentence> filters, @Nullable String route,
        @Nullable String cluster, @Nullable String balancer, @Nullable String endpoint, @Nullable String endpointState,
        @Nullable String problem, @Nullable String missing, List<String> timeouts) {
    /** The state of a listener that nobody has opened. */
    public static final String OFFLINE = "offline";

    /**
     * A sentence about what a filter would do.
     *
     * @param name in the chain
     * @param type of the filter
     * @param text a sentence without the filter
     */
    public record FilterSentence(String name, String type, String text) {}

    /** The first reason for which the client does not get one endpoint; null = none is known. */
    public @Nullable String firstProblem() {
        return problem == null ? missing : problem;
    }
}
