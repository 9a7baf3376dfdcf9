package dev.sluice.runtime.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Cells of one size, last in first out so that the memory in use stays in the processor's cache. Grows by a slab while the
 * {@link Budget} allows it, and gives slabs back that stayed unused. Owned by one loop thread.
 */
final class SlabPool {
    private final int cellBytes;
    private final int cellsPerSlab;
    private final Budget budget;
    private final List<Slab> slabs = new ArrayList<>();
    private Buffer[] free = new Buffer[16];
    private int freeCount;
    private int leastFree;

    /**
     * @param cellBytes size of a cell
     * @param slabBytes size of an allocation, roughly; at least one cell, at most a quarter of the budget
     * @param budget the bound, shared with other pools of the loop
     */
    SlabPool(int cellBytes, int slabBytes, Budget budget) {
        this.cellBytes = cellBytes;
        this.cellsPerSlab = (int) Math.max(1, Math.min(slabBytes, budget.limit() / 4) / cellBytes);
        this.budget = budget;
    }

    int cellBytes() {
        return cellBytes;
    }

    /** Cells that can be taken now, counting those that the budget still allows to create. */
    int available() {
        return freeCount + (int) Math.min(Integer.MAX_VALUE / 2, budget.remaining() / cellBytes);
    }

    /** A free cell, or {@code null} when there is none and the budget allows no more. */
    @Nullable
    Buffer take() {
        if (freeCount == 0 && !grow()) {
            return null;
        }
        Buffer cell = free[--freeCount];
        leastFree = Math.min(leastFree, freeCount);
        cell.slab().cellTaken();
        return cell;
    }

    void put(Buffer cell) {
        cell.slab().cellFreed();
        push(cell);
    }

    private boolean grow() {
        int cells = (int) Math.min(cellsPerSlab, budget.remaining() / cellBytes);
        if (cells == 0) {
            return false;
        }
        Slab slab = budget.allocate(this, cells, cellBytes);
        if (slab == null) {
            return false;
        }
        slabs.add(slab);
        for (int i = cells - 1; i >= 0; i--) {
            Buffer cell = new Buffer(slab, i * cellBytes);
            slab.cellFreed();
            push(cell);
        }
        return true;
    }

    private void push(Buffer cell) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = cell;
    }

    /** Gives back slabs that were not needed since the last call, keeping {@code spareCells}. */
    void trim(int spareCells) {
        release(leastFree - spareCells);
        leastFree = freeCount;
    }

    /** Gives back every slab without a used cell. @return whether there was one */
    boolean reclaim() {
        return release(freeCount);
    }

    private boolean release(int unneededCells) {
        int unneeded = unneededCells;
        boolean released = false;
        for (int i = slabs.size() - 1; i >= 0; i--) {
            Slab slab = slabs.get(i);
            if (slab.unused() && slab.cells() <= unneeded) {
                unneeded -= slab.cells();
                slabs.remove(i);
                forget(slab);
                budget.release(slab);
                released = true;
            }
        }
        leastFree = Math.min(leastFree, freeCount);
        return released;
    }

    private void forget(Slab slab) {
        int kept = 0;
        for (int i = 0; i < freeCount; i++) {
            if (free[i].slab() != slab) {
                free[kept++] = free[i];
            }
        }
        Arrays.fill(free, kept, freeCount, null);
        freeCount = kept;
    }

    /** Releases everything, also cells that are still lent: the loop has ended. */
    void close() {
        slabs.forEach(budget::release);
        slabs.clear();
        freeCount = 0;
    }
}
