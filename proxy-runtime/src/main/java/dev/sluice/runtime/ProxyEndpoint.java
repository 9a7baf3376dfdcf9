package dev.sluice.runtime;

import java.time.Duration;

import dev.sluice.runtime.engine.EndpointOperations;
import dev.sluice.runtime.observe.EndpointView;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of a running server, by cluster and address. Each method looks for it anew, so that this can be kept over
 * reloads.
 *
 * <p>Each throws {@link IllegalArgumentException} if no such endpoint gets connections now; the message names some that
 * do.
 */
public final class ProxyEndpoint {
    private static final Duration LONGEST = Duration.ofHours(24);

    private final EndpointOperations operations;
    private final String cluster;
    private final String address;
    private final String by;

    /** @param by the source of commands, for events */
    ProxyEndpoint(EndpointOperations operations, String cluster, String address, String by) {
        this.operations = operations;
        this.cluster = cluster;
        this.address = address;
        this.by = by;
    }

    /**
     * {@return its state in one word} One of {@code unchecked}, {@code up}, {@code down}, {@code ejected}, {@code trial},
     * {@code slow-start}, {@code drained}.
     */
    public String state() {
        return operations.view(cluster, address).state();
    }

    /** {@return its connections now, those still connecting included} */
    public int connections() {
        return operations.view(cluster, address).active();
    }

    /**
     * Keeps new connections from it, until {@link #restore}; open ones stay. Outlives reloads, and is forgotten when it
     * has left its cluster. Changes nothing if it is drained already.
     */
    public void drain() {
        operate(null);
    }

    /**
     * Keeps new connections from it, as {@link #drain()}, and resets open ones, spread evenly over a time, each at a quiet
     * moment.
     *
     * @param over the time, from 0 to 24 hours
     */
    public void drain(Duration over) {
        if (over.isNegative() || over.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the time of a drain is " + over + "; allowed: 0 to 24 hours");
        }
        operate(over);
    }

    /** Ends a drain: it gets new connections again as far as it is up, and the open ones stay. */
    public void restore() {
        restored();
    }

    /**
     * Refuses new connections to it, as if its host had refused them: the next endpoint is tried, and this one is avoided.
     * Open connections go on, health checks ask it as before. Outlives reloads, and is forgotten when it has left its
     * cluster. Changes nothing if it is down already.
     */
    public void down() {
        operations.refuse(cluster, address, true, by);
    }

    /** Ends {@link #down}: it gets connections at once, whatever was believed of it meanwhile. */
    public void up() {
        operations.refuse(cluster, address, false, by);
    }

    EndpointView operate(@Nullable Duration over) {
        return operations.drain(cluster, address, over, by);
    }

    EndpointView restored() {
        return operations.restore(cluster, address, by);
    }
}
