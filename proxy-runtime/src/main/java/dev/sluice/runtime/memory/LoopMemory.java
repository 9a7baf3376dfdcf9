package dev.sluice.runtime.memory;

import org.jspecify.annotations.Nullable;

/**
 * The memory of one event loop: read buffers, stash cells, and the queue of connections that found neither. Owned by
 * the loop thread, except for {@link #counters()}.
 *
 * <p>A read is allowed only when its bytes would have a place to stay if the receiver is slow. There are two such
 * places: the read buffer itself can stay with the connection (<i>pinned</i>, no copy), or the residue moves to a stash
 * cell of about its size. Pinning is for times of plenty and for large residues; the last buffer is never pinned, so
 * that the loop can always serve connections whose receivers keep up. When less than half of the pool is free, reads
 * get smaller in proportion (the dynamic threshold of Choudhury and Hahne, "Dynamic queue length thresholds for
 * shared-memory packet switches", 1998): receivers that have stopped reading then hold little each, and cannot starve
 * the others.
 */
public final class LoopMemory {
    /** Even when memory is scarce, a read of less than this is not worth its system call. */
    private static final int LEAST_READ = 4096;
    private static final int POOL_SLAB_BYTES = 256 * 1024;

    private final int readBuffer;
    private final int buffers;
    private final Budget poolBudget;
    private final SlabPool pool;
    private final Stash stash;
    private final long pipeBytes;
    private final WaitQueue waiters = new WaitQueue();
    private final MemoryCounters counters;
    private int lent;
    /** Releases that no waiter has been woken for yet. */
    private int releases;

    LoopMemory(int readBuffer, Budget poolBudget, Budget stashBudget, long pipeBytes) {
        this.pipeBytes = pipeBytes;
        this.readBuffer = readBuffer;
        this.buffers = (int) Math.min(Integer.MAX_VALUE / 2, poolBudget.limit() / readBuffer);
        this.poolBudget = poolBudget;
        this.pool = new SlabPool(readBuffer, POOL_SLAB_BYTES, poolBudget);
        this.stash = new Stash(readBuffer, stashBudget);
        this.counters = new MemoryCounters(poolBudget, stashBudget);
    }

    /**
     * A buffer for one read, to be given to {@link #giveBack} or {@link #keep} before the event ends.
     *
     * @return {@code null} when there is no place for the bytes of a read: {@link #await} and stop reading
     */
    public @Nullable Buffer borrow() {
        int limit = readLimit();
        Buffer buffer = limit == 0 ? null : pool.take();
        if (buffer == null) {
            return null;
        }
        buffer.lend(limit);
        lent++;
        counters.lent();
        return buffer;
    }

    /** The most that one read may bring, so that all of it could be kept; 0 = nothing. */
    private int readLimit() {
        int free = buffers - lent;
        if (free > buffers / 2) {
            return readBuffer;
        }
        int fair = (int) Math.max(Math.min(readBuffer, LEAST_READ), 2L * readBuffer * free / buffers);
        if (free > 1) {
            return Math.min(readBuffer, fair);
        }
        return free == 0 ? 0 : Math.min(fair, stash.largestAvailable());
    }

    /** Takes back a buffer of {@link #borrow} or {@link #keep}, whatever is in it. */
    public void giveBack(Buffer buffer) {
        buffer.takeBack();
        SlabPool home = buffer.slab().home();
        home.put(buffer);
        if (home == pool) {
            lent--;
            counters.returned();
        } else {
            counters.stashed(-buffer.capacity());
        }
        releases++;
    }

    /**
     * A buffer for one read behind the content of a kept one, which the caller gives up.
     *
     * @return {@code null} when there is no place for the bytes of a read; the kept buffer is the caller's as before
     */
    public @Nullable Buffer borrow(@Nullable Buffer kept) {
        if (kept != null && kept.slab().home() == pool) {
            // Borrowed before, and kept because it was worth it or nothing smaller was free.
            kept.lendAgain();
            return kept;
        }
        Buffer buffer = borrow();
        if (buffer != null && kept != null) {
            buffer.copyOf(kept);
            giveBack(kept);
        }
        return buffer;
    }

    /**
     * Finds a lasting place for the unsent content of a borrowed buffer, which the caller gives up.
     *
     * @return the buffer to send from later, to be given to {@link #giveBack} when it is empty
     */
    public Buffer keep(Buffer borrowed) {
        boolean plenty = buffers - lent > buffers / 2;
        return plenty && !small(borrowed) ? borrowed : moveToStash(borrowed);
    }

    /**
     * Moves the rest of a kept buffer to a smaller place if that is worth it; to be called after a part of it was sent.
     *
     * @return the buffer to send from later, instead of {@code kept}
     */
    public Buffer compact(Buffer kept) {
        return kept.slab().home() == pool && small(kept) ? moveToStash(kept) : kept;
    }

    /**
     * Whether {@link #keepLast} would find a place for so many bytes.
     *
     * @param toBorrow buffers that are borrowed before that
     */
    public boolean canKeep(int bytes, int toBorrow) {
        return buffers - lent - toBorrow > buffers / 2 || stash.largestAvailable() >= bytes;
    }

    /**
     * Moves the last bytes of a borrowed buffer, which stays with the caller, to a lasting place.
     *
     * @param index of the first of them in the content
     * @param bytes the least that the place is to hold in the end
     * @return the place, to be given to {@link #giveBack}; null = there is none, and nothing was moved
     */
    public @Nullable Buffer keepLast(Buffer borrowed, int index, int bytes) {
        int length = borrowed.content() - index;
        if (Math.max(bytes, length) > readBuffer) {
            return null;
        }
        Buffer cell = stash.take(Math.max(bytes, length));
        if (cell != null) {
            counters.stashed(cell.capacity());
        } else {
            cell = canKeep(Integer.MAX_VALUE, 0) ? pool.take() : null;
            if (cell == null) {
                return null;
            }
            lent++;
            counters.lent();
        }
        cell.lend(cell.capacity());
        cell.append(borrowed, index, length);
        borrowed.truncate(index);
        return cell;
    }

    /** Whether a buffer is a read buffer of the pool, and not a cell of the stash. */
    public boolean isOfPool(Buffer buffer) {
        return buffer.slab().home() == pool;
    }

    private boolean small(Buffer buffer) {
        return buffer.content() <= readBuffer / 2;
    }

    private Buffer moveToStash(Buffer from) {
        Buffer cell = stash.take(from.content());
        if (cell == null) {
            return from;
        }
        cell.lend(cell.capacity());
        cell.copyOf(from);
        counters.stashed(cell.capacity());
        giveBack(from);
        return cell;
    }

    /** Queues for a release; {@link Waiter#onMemoryAvailable} follows once, unless it is cancelled. */
    public void await(Waiter waiter, Waiter.Urgency urgency) {
        waiters.add(waiter, urgency);
        counters.waited();
        counters.waiting(waiters.size());
    }

    /** Leaves the queue; nothing happens if it is in none. */
    public void cancel(Waiter waiter) {
        waiters.remove(waiter);
        counters.waiting(waiters.size());
    }

    /** Wakes one waiter for each release since the last call, the most urgent first. Called once in a turn of the loop. */
    public void serveWaiters() {
        // A waiter that is served gives its buffer back and so wakes the next; waiters that queue again have to wait
        // for the next turn.
        for (int turns = waiters.size(); turns > 0 && releases > 0 && waiters.size() > 0 && readLimit() > 0; turns--) {
            releases--;
            Waiter waiter = waiters.poll();
            counters.waiting(waiters.size());
            waiter.onMemoryAvailable();
        }
        if (waiters.size() == 0) {
            releases = 0;
        }
    }

    /** Whether {@link #serveWaiters} has something to do, so that the loop must not sleep. */
    public boolean canServeWaiters() {
        return waiters.size() > 0 && releases > 0 && readLimit() > 0;
    }

    /** Gives unused memory back to the JVM. Called about once a second. */
    public void trim() {
        poolBudget.retryRefused();
        pool.trim(1);
        stash.trim();
        releases = waiters.size();
    }

    /** The bytes that all kernel pipes of this loop together may hold. */
    public long pipeBytes() {
        return pipeBytes;
    }

    /** The counters of this memory; any thread may read them. */
    public MemoryCounters counters() {
        return counters;
    }

    void close() {
        pool.close();
        stash.close();
    }
}
