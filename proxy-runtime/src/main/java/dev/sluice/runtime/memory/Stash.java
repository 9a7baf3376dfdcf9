package dev.sluice.runtime.memory;

import org.jspecify.annotations.Nullable;

/**
 * Cells for residues of short writes, in sizes that fit: four sizes for each doubling, so that at most a fifth of a cell is wasted.
 * Owned by one loop thread.
 */
final class Stash {
    private static final int SMALLEST = 512;
    private static final int STEPS_PER_DOUBLING = 4;
    private static final int SLAB_BYTES = 64 * 1024;

    private final Budget budget;
    private final SlabPool[] sizes;

    /** @param largest bytes that the largest cell must hold: a full read buffer */
    Stash(int largest, Budget budget) {
        this.budget = budget;
        sizes = new SlabPool[index(largest) + 1];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = new SlabPool(cellBytes(i), SLAB_BYTES, budget);
        }
    }

    private static int cellBytes(int index) {
        int doubling = index / STEPS_PER_DOUBLING;
        int step = index % STEPS_PER_DOUBLING;
        return (SMALLEST << doubling) + (SMALLEST << doubling) / STEPS_PER_DOUBLING * step;
    }

    /** The index of the smallest size that holds {@code bytes}. */
    private static int index(int bytes) {
        if (bytes <= SMALLEST) {
            return 0;
        }
        int doubling = 31 - Integer.numberOfLeadingZeros((bytes - 1) / SMALLEST);
        int base = SMALLEST << doubling;
        int stepBytes = base / STEPS_PER_DOUBLING;
        return doubling * STEPS_PER_DOUBLING + (bytes - base + stepBytes - 1) / stepBytes;
    }

    /** A cell for {@code bytes}: of the size that fits best, or a larger one when the budget is spent. {@code null} when none is left. */
    @Nullable
    Buffer take(int bytes) {
        int best = index(bytes);
        Buffer cell = sizes[best].take();
        if (cell == null && reclaim()) {
            cell = sizes[best].take();
        }
        for (int i = best + 1; cell == null && i < sizes.length; i++) {
            cell = sizes[i].take();
        }
        return cell;
    }

    /**
     * Releases unused slabs of all sizes, so that the budget is free for the size that needs it. @return whether any
     * was released
     */
    private boolean reclaim() {
        boolean released = false;
        for (SlabPool size : sizes) {
            released |= size.reclaim();
        }
        return released;
    }

    /** The largest residue that a {@link #take} would certainly find room for now. */
    int largestAvailable() {
        for (int i = sizes.length - 1; i >= 0; i--) {
            if (sizes[i].available() > 0) {
                return sizes[i].cellBytes();
            }
        }
        return 0;
    }

    /** Releases slabs that were not needed since the last call. */
    void trim() {
        budget.retryRefused();
        for (SlabPool size : sizes) {
            size.trim(0);
        }
    }

    void close() {
        for (SlabPool size : sizes) {
            size.close();
        }
    }
}
