package dev.sluice.examples.soak;

import java.util.concurrent.atomic.LongAdder;

/** Counts of what the load has done so far. */
final class Totals {
    private final LongAdder connections = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void connection() {
        connections.increment();
    }

    /** Bytes of content that have arrived at one of the two ends, and were right. */
    void bytes(long count) {
        bytes.add(count);
    }

    long connections() {
        return connections.sum();
    }

    long bytes() {
        return bytes.sum();
    }
}
