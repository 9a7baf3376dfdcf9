package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The connect attempts of one cluster, summed over the loops.
 *
 * @param buckets successful attempts per bucket of the histogram, not cumulative; the last bucket has no upper bound
 * @param sumNanos the time of all successful attempts together, in nanoseconds
 * @param failures failed attempts, per reason; has every reason
 */
public record ConnectTotals(List<Long> buckets, long sumNanos, Map<ConnectFailure, Long> failures) {

    /** The sum, from any thread. The parts are read one after the other, not at one instant. */
    public static ConnectTotals sum(Collection<ConnectCounters> parts) {
        List<Long> buckets = new ArrayList<>(Collections.nCopies(ConnectCounters.bucketCount(), 0L));
        Map<ConnectFailure, Long> failures = new EnumMap<>(ConnectFailure.class);
        for (ConnectFailure reason : ConnectFailure.values()) {
            failures.put(reason, 0L);
        }
        long sumNanos = 0;
        for (ConnectCounters part : parts) {
            for (int i = 0; i < buckets.size(); i++) {
                buckets.set(i, buckets.get(i) + part.bucket(i));
            }
            sumNanos += part.sumNanos();
            failures.replaceAll((reason, n) -> n + part.failureCount(reason));
        }
        return new ConnectTotals(List.copyOf(buckets), sumNanos, Collections.unmodifiableMap(failures));
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
