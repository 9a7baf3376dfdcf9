package dev.sluice.runtime.memory;

import java.util.Objects;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StashTest {
    private static final int LARGEST = 16 * 1024;
    private static final long LIMIT = 256 * 1024;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final Budget budget = new Budget(allocator, LIMIT);
    private final Stash stash = new Stash(LARGEST, budget);

    @AfterEach
    void close() {
        stash.close();
        assertEquals(0, allocator.metric().usedDirectMemory());
    }

    private Buffer take(int bytes) {
        return Objects.requireNonNull(stash.take(bytes));
    }

    /** Four sizes for each doubling, from 512 bytes on. */
    @ParameterizedTest
    @CsvSource({"1,512", "512,512", "513,640", "640,640", "641,768", "896,896", "897,1024", "1024,1024", "1025,1280",
        "10240,10240", "10241,12288", "16383,16384", "16384,16384"})
    void aCellIsTheSmallestSizeThatHoldsTheBytes(int bytes, int cell) {
        assertEquals(cell, take(bytes).capacity());
    }

    @Test
    void whatOneSizeDoesNotUseAnotherMayHave() {
        Buffer small = take(512);
        small.slab().home().put(small);
        long left = budget.remaining();
        assertTrue(left < LIMIT, "the small size has a slab");
        int large = 0;
        for (Buffer cell = stash.take(LARGEST); cell != null; cell = stash.take(LARGEST)) {
            large++;
        }
        assertEquals(LIMIT / LARGEST, large);
    }

    @Test
    void aLargerCellServesWhenTheBudgetIsSpent() {
        Buffer free = take(LARGEST);
        while (stash.take(LARGEST) != null) {
            // Until nothing is left.
        }
        assertEquals(0, stash.largestAvailable());
        assertNull(stash.take(512));
        // Its slab has other cells in use, so that it is not given up for a smaller size.
        free.slab().home().put(free);
        assertEquals(LARGEST, stash.largestAvailable());
        assertEquals(LARGEST, take(512).capacity());
    }

    @Test
    void trimGivesBackWhatWasNotNeeded() {
        Buffer cell = take(1000);
        cell.slab().home().put(cell);
        stash.trim();
        assertTrue(budget.allocated() > 0, "it was needed since the last trim");
        stash.trim();
        assertEquals(0, budget.allocated());
    }
}
