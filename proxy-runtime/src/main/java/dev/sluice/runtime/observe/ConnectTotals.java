package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.CloseReason;

/**
 * The counters of one cluster, summed over the loops: its connect attempts, and what became of its connections.
 *
 * @param buckets successful attempts per bucket of the histogram, not cumulative; the last bucket has no upper bound
 * @param sumNanos the time of all successful attempts together, in nanoseconds
 * @param failures failed attempts, per reason; has every reason
 * @param waits clients that have waited in the queue, per bucket of the same bounds
 * @param waitNanos the time of all waits together, in nanoseconds
 * @param tlsSecrets connections with TLS that are open now and keep their secrets only
 * @param tlsEngines connections with TLS that are open now and keep an engine
 * @param closed connections that ended after the cluster had been chosen for them, per reason; has every reason
 */
public record ConnectTotals(List<Long> buckets, long sumNanos, Map<ConnectFailure, Long> failures, List<Long> waits,
        long waitNanos, long tlsSecrets, long tlsEngines, Map<CloseReason, Long> closed) {

    /** The sum, from any thread. The parts are read one after the other, not at one instant. */
    public static ConnectTotals sum(Collection<ConnectCounters> parts) {
        List<Long> buckets = new ArrayList<>(Collections.nCopies(ConnectCounters.bucketCount(), 0L));
        List<Long> waits = new ArrayList<>(buckets);
        Map<ConnectFailure, Long> failures = new EnumMap<>(ConnectFailure.class);
        for (ConnectFailure reason : ConnectFailure.values()) {
            failures.put(reason, 0L);
        }
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, 0L);
        }
        long sumNanos = 0;
        long waitNanos = 0;
        long secrets = 0;
        long engines = 0;
        for (ConnectCounters part : parts) {
            for (int i = 0; i < buckets.size(); i++) {
                buckets.set(i, buckets.get(i) + part.bucket(i));
                waits.set(i, waits.get(i) + part.waits(i));
            }
            waitNanos += part.waitNanos();
            secrets += part.tlsCount(false);
            engines += part.tlsCount(true);
            sumNanos += part.sumNanos();
            failures.replaceAll((reason, n) -> n + part.failureCount(reason));
            closed.replaceAll((reason, n) -> n + part.closedCount(reason));
        }
        return new ConnectTotals(List.copyOf(buckets), sumNanos, Collections.unmodifiableMap(failures),
                List.copyOf(waits), waitNanos, secrets, engines, Collections.unmodifiableMap(closed));
    }

    /** Successful attempts so far. */
    public long connected() {
        long sum = 0;
        for (long bucket : buckets) {
            sum += bucket;
        }
        return sum;
    }
}
