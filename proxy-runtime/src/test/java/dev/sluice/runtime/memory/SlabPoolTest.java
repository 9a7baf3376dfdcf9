package dev.sluice.runtime.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlabPoolTest {
    private static final int CELL = 1024;
    private static final int PER_SLAB = 4;
    private static final int MOST = 16;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final Budget budget = new Budget(allocator, MOST * CELL);
    private final SlabPool pool = new SlabPool(CELL, PER_SLAB * CELL, budget);

    @AfterEach
    void close() {
        pool.close();
        assertEquals(0, budget.allocated());
        assertEquals(0, allocator.metric().usedDirectMemory());
    }

    private List<Buffer> take(int count) {
        List<Buffer> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(Objects.requireNonNull(pool.take(), "cell " + i));
        }
        return taken;
    }

    @Test
    void itGrowsByASlabUpToTheBudget() {
        take(1);
        assertEquals(PER_SLAB * CELL, budget.allocated());
        assertEquals(MOST - 1, pool.available());
        take(MOST - 1);
        assertEquals(MOST * CELL, budget.allocated());
        assertEquals(0, pool.available());
        assertNull(pool.take());
    }

    @Test
    void theLastOneBackIsTheFirstToBeTaken() {
        List<Buffer> taken = take(3);
        taken.forEach(pool::put);
        assertSame(taken.get(2), pool.take());
        assertSame(taken.get(1), pool.take());
    }

    @Test
    void aSlabIsNeverMoreThanAQuarterOfTheBudget() {
        Budget small = new Budget(allocator, 8 * CELL);
        SlabPool tight = new SlabPool(CELL, 100 * CELL, small);
        tight.take();
        assertEquals(2 * CELL, small.allocated());
        tight.close();
    }

    @Test
    void slabsThatWereNotNeededBetweenTwoTrimsGoBack() {
        take(3 * PER_SLAB).forEach(pool::put);
        pool.trim(0);
        assertEquals(3 * PER_SLAB * CELL, budget.allocated(), "they were needed since the last trim");
        Buffer used = take(1).getFirst();
        pool.put(used);
        pool.trim(0);
        assertEquals(PER_SLAB * CELL, budget.allocated());
        pool.trim(1);
        assertEquals(PER_SLAB * CELL, budget.allocated(), "a spare cell keeps its slab");
    }

    @Test
    void aSlabWithAUsedCellStays() {
        List<Buffer> taken = take(2 * PER_SLAB);
        taken.subList(1, taken.size()).forEach(pool::put);
        assertTrue(pool.reclaim());
        assertEquals(PER_SLAB * CELL, budget.allocated());
        assertFalse(pool.reclaim());
        pool.put(taken.getFirst());
        assertTrue(pool.reclaim());
        assertEquals(0, budget.allocated());
        take(1);
    }
}
