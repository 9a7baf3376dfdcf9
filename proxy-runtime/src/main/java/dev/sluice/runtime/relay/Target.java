package dev.sluice.runtime.relay;

import java.util.List;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.observe.ConnectCounters;

/**
 * Where connections go.
 *
 * @param connectNanos for one attempt
 * @param connectTotalNanos for all attempts of one connection
 * @param attempts at most, each on another endpoint
 * @param counters one for each event loop
 */
public record Target(Cluster cluster, long connectNanos, long connectTotalNanos, int attempts,
        List<ConnectCounters> counters) {}
