package dev.sluice.runtime.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counters of one loop's memory. Written by the loop thread with release stores, which cost no fence; read by any
 * thread.
 */
public final class MemoryCounters {
    private final AtomicLong borrowed = new AtomicLong();
    private final AtomicLong borrowedPeak = new AtomicLong();
    private final AtomicLong waits = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong stashBytes = new AtomicLong();
    private final AtomicLong stashBytesPeak = new AtomicLong();
    private final Budget pool;
    private final Budget stash;

    MemoryCounters(Budget pool, Budget stash) {
        this.pool = pool;
        this.stash = stash;
    }

    /** Read buffers lent now, those pinned by a slow receiver among them. */
    public long borrowed() {
        return borrowed.getAcquire();
    }

    /** The most read buffers that were ever lent at one time. */
    public long borrowedPeak() {
        return borrowedPeak.getAcquire();
    }

    /** The number of times that a direction found no room and had to wait. */
    public long waits() {
        return waits.getAcquire();
    }

    /** Directions that wait for memory now. */
    public long waiting() {
        return waiting.getAcquire();
    }

    /** Bytes of unsent data kept in stash cells now. */
    public long stashBytes() {
        return stashBytes.getAcquire();
    }

    /** The most bytes that were ever kept in stash cells at one time. */
    public long stashBytesPeak() {
        return stashBytesPeak.getAcquire();
    }

    /** Direct memory that this loop holds for read buffers, lent or not, in bytes. */
    public long poolAllocated() {
        return pool.allocated();
    }

    /** The most that {@link #poolAllocated} ever was. */
    public long poolAllocatedPeak() {
        return pool.allocatedPeak();
    }

    /** Direct memory that this loop holds for stash cells, lent or not, in bytes. */
    public long stashAllocated() {
        return stash.allocated();
    }

    /** The most that {@link #stashAllocated} ever was. */
    public long stashAllocatedPeak() {
        return stash.allocatedPeak();
    }

    void lent() {
        long now = borrowed.getPlain() + 1;
        borrowed.setRelease(now);
        if (now > borrowedPeak.getPlain()) {
            borrowedPeak.setRelease(now);
        }
    }

    void returned() {
        borrowed.setRelease(borrowed.getPlain() - 1);
    }

    void waited() {
        waits.setRelease(waits.getPlain() + 1);
    }

    void waiting(int now) {
        waiting.setRelease(now);
    }

    void stashed(int bytes) {
        long now = stashBytes.getPlain() + bytes;
        stashBytes.setRelease(now);
        if (now > stashBytesPeak.getPlain()) {
            stashBytesPeak.setRelease(now);
        }
    }
}
