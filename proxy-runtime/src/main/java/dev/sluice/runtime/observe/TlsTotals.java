package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * The connections whose TLS a listener terminates, and the times of their handshakes, summed over the loops.
 *
 * @param secrets connections that are open now and keep their secrets only
 * @param engines connections that are open now and keep an engine
 * @param buckets handshakes that have succeeded so far, per bucket, in the order of their bounds
 * @param sumNanos the time of all of them together, from the client's first byte on, in nanoseconds
 */
public record TlsTotals(long secrets, long engines, List<Long> buckets, long sumNanos) {
    public TlsTotals {
        buckets = List.copyOf(buckets);
    }

    /** The sum, from any thread. The parts are read one after the other, not at one instant. */
    static TlsTotals sum(Collection<ListenerCounters> parts) {
        List<Long> buckets = new ArrayList<>(Collections.nCopies(ConnectCounters.bucketCount(), 0L));
        long secrets = 0;
        long engines = 0;
        long sumNanos = 0;
        for (ListenerCounters part : parts) {
            secrets += part.tlsCount(false);
            engines += part.tlsCount(true);
            sumNanos += part.handshakeNanos();
            for (int i = 0; i < buckets.size(); i++) {
                buckets.set(i, buckets.get(i) + part.handshakeBucket(i));
            }
        }
        return new TlsTotals(secrets, engines, buckets, sumNanos);
    }

    /** The sum of these and others. */
    TlsTotals plus(TlsTotals other) {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            all.add(buckets.get(i) + other.buckets.get(i));
        }
        return new TlsTotals(secrets + other.secrets, engines + other.engines, all, sumNanos + other.sumNanos);
    }
}
