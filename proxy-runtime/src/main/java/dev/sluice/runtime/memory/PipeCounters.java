package dev.sluice.runtime.memory;

import java.util.concurrent.atomic.AtomicLong;

/** Counters of one loop's pipes. Written by the loop thread with release stores, which cost no fence; read by any thread. */
public final class PipeCounters {
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong borrowed = new AtomicLong();
    private final AtomicLong borrowedPeak = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    PipeCounters() {}

    /** Pipes that exist, lent or not. */
    public long open() {
        return open.getAcquire();
    }

    /** Pipes lent now, pipes with bytes that a slow receiver has not taken among them. */
    public long borrowed() {
        return borrowed.getAcquire();
    }

    /** The most pipes that were ever lent at one time. */
    public long borrowedPeak() {
        return borrowedPeak.getAcquire();
    }

    /** Bytes that went through pipes. */
    public long bytes() {
        return bytes.getAcquire();
    }

    void open(int now) {
        open.setRelease(now);
    }

    void lent(int now) {
        borrowed.setRelease(now);
        if (now > borrowedPeak.getPlain()) {
            borrowedPeak.setRelease(now);
        }
    }

    void returned(int now) {
        borrowed.setRelease(now);
    }

    void moved(int count) {
        bytes.setRelease(bytes.getPlain() + count);
    }
}
