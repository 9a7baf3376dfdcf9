package dev.sluice.runtime.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.cluster.OperatorDrain;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations on single endpoints: an operator keeps new connections from one, and ends that. What was said of an
 * endpoint outlives reloads, and is forgotten when it has left its cluster and comes back. Any thread but an event
 * loop's.
 */
public final class EndpointOperations {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointOperations.class);
    /** The most names that a message lists. */
    private static final int LISTED = 8;

    private final Generations generations;
    private final Membership.Closing closing;
    private final Events events;
    /** Held by a command. */
    private final ReentrantLock lock = new ReentrantLock();

    EndpointOperations(Generations generations, Membership.Closing closing, Events events) {
        this.generations = generations;
        this.closing = closing;
        this.events = events;
    }

    /**
     * Keeps new connections from an endpoint. Repeated, it may close the open ones in another time; without a time it
     * changes nothing then.
     *
     * @param address as configuration writes it
     * @param over the time in which its open connections are reset, evenly and each at a quiet moment; null = they stay
     * @param by the source of the command
     * @return the endpoint after it
     * @throws IllegalArgumentException if no such endpoint gets connections; the message names some that do
     */
    public EndpointView drain(String cluster, String address, @Nullable Duration over, String by) {
        lock.lock();
        try {
            EndpointState endpoint = find(cluster, address);
            OperatorDrain before = endpoint.drain();
            if (before == null || over != null) {
                Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                OperatorDrain command = new OperatorDrain(before == null ? now : before.since(), by,
                        over == null ? null : now.plus(over));
                endpoint.drain(command, System.nanoTime());
                note(endpoint, "drained by " + by + (over == null
                        ? "; open connections stay: " + endpoint.active()
                        : "; reset over " + over.toSeconds() + " s: " + endpoint.active() + " connections"));
                if (over != null) {
                    // Also when it has left the cluster meanwhile, but not after the next command.
                    closing.of(endpoint, over, CloseReason.ENDPOINT_DRAINED, () -> command.equals(endpoint.drain()));
                }
            }
            return view(cluster, endpoint);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a drain: it gets new connections again, as far as connections and health checks let it, and those that it
     * has stay.
     *
     * @return the endpoint after it
     * @throws IllegalArgumentException as {@link #drain}
     */
    public EndpointView restore(String cluster, String address, String by) {
        lock.lock();
        try {
            EndpointState endpoint = find(cluster, address);
            if (endpoint.drain(null, System.nanoTime())) {
                note(endpoint, "its drain was ended by " + by);
            }
            return view(cluster, endpoint);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses new connections to an endpoint, or ends that.
     *
     * @throws IllegalArgumentException as {@link #drain}
     */
    public void refuse(String cluster, String address, boolean refuse, String by) {
        lock.lock();
        try {
            EndpointState endpoint = find(cluster, address);
            if (endpoint.refuse(refuse, System.nanoTime())) {
                note(endpoint, (refuse ? "refuses connections" : "takes connections again") + ", by " + by);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The endpoint as it is.
     *
     * @throws IllegalArgumentException as {@link #drain}
     */
    public EndpointView view(String cluster, String address) {
        return view(cluster, find(cluster, address));
    }

    private void note(EndpointState endpoint, String text) {
        String subject = "cluster " + endpoint.cluster().name() + ", endpoint " + endpoint.label();
        events.add(Event.Kind.OPERATOR, subject, text);
        LOG.info("{}: {}.", subject, text);
    }

    private Cluster cluster(String name) {
        Cluster cluster = generations.serving().clusters().get(name);
        if (cluster == null) {
            throw new IllegalArgumentException("there is no cluster " + Printable.quote(name) + "; there are: "
                    + list(List.copyOf(generations.serving().clusters().keySet())));
        }
        return cluster;
    }

    private EndpointState find(String clusterName, String address) {
        Cluster cluster = cluster(clusterName);
        List<EndpointState> all = cluster.endpoints().list().stream().map(endpoint -> endpoint.state()).distinct()
                .toList();
        return all.stream().filter(endpoint -> endpoint.label().equals(address)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("cluster " + cluster.name() + " has no endpoint "
                        + Printable.quote(address) + (all.isEmpty()
                                ? ", nor any other now"
                                : "; it has: " + list(all.stream().map(EndpointState::label).toList()))));
    }

    private static String list(List<String> names) {
        return names.stream().limit(LISTED).collect(Collectors.joining(", "))
                + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "");
    }

    private EndpointView view(String cluster, EndpointState endpoint) {
        return cluster(cluster).view().endpoints().stream()
                .filter(view -> view.address().equals(endpoint.label())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "endpoint " + endpoint.label() + " has left cluster " + cluster));
    }
}
