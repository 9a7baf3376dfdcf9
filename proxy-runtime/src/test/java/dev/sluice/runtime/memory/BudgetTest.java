package dev.sluice.runtime.memory;

import java.util.Objects;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

class BudgetTest {
    private static final int CELL = 1024;

    @Test
    void whatIsAllocatedIsTakenFromTheLimitAndComesBack() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        Budget budget = new Budget(allocator, 10 * CELL);
        SlabPool home = new SlabPool(CELL, CELL, budget);
        Slab slab = Objects.requireNonNull(budget.allocate(home, 4, CELL));
        assertEquals(4 * CELL, budget.allocated());
        assertEquals(6 * CELL, budget.remaining());
        assertEquals(4 * CELL, allocator.metric().usedDirectMemory());
        budget.release(slab);
        assertEquals(0, budget.allocated());
        assertEquals(10 * CELL, budget.remaining());
        assertEquals(0, allocator.metric().usedDirectMemory());
    }

    /** Direct memory is bounded by the JVM too: then the budget counts as spent until the next trim. */
    @Test
    void aRefusalOfTheJvmIsAnEmptyBudgetUntilItIsTriedAgain() {
        ByteBufAllocator allocator = mock(ByteBufAllocator.class);
        when(allocator.directBuffer(anyInt(), anyInt())).thenThrow(new OutOfMemoryError("injected"));
        Budget budget = new Budget(allocator, 10 * CELL);
        SlabPool pool = new SlabPool(CELL, CELL, budget);
        assertNull(budget.allocate(pool, 1, CELL));
        assertEquals(0, budget.allocated());
        assertEquals(0, budget.remaining());
        assertEquals(0, pool.available());
        assertNull(pool.take());
        verify(allocator, times(1)).directBuffer(anyInt(), anyInt());
        budget.retryRefused();
        assertEquals(10 * CELL, budget.remaining());
        assertNull(pool.take());
        verify(allocator, times(2)).directBuffer(anyInt(), anyInt());
    }
}
