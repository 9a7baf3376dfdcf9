package dev.sluice.runtime.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SlabTest {
    private static final int CELL = 64;
    private static final int CELLS = 4;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final SlabPool home = new SlabPool(CELL, CELL, new Budget(allocator, CELL));
    private final Slab slab = new Slab(home, allocator.directBuffer(CELLS * CELL, CELLS * CELL), CELL);

    @AfterEach
    void release() {
        slab.release();
        assertEquals(0, allocator.metric().usedDirectMemory());
    }

    @Test
    void itIsUnusedWhenEveryCellIsFree() {
        assertEquals(CELLS, slab.cells());
        assertFalse(slab.unused(), "no cell is free before it has been made");
        for (int i = 0; i < CELLS; i++) {
            slab.cellFreed();
        }
        assertTrue(slab.unused());
        slab.cellTaken();
        assertFalse(slab.unused());
    }

    @Test
    void theAddressIsAskedForOnce() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertEquals(4711, slab.address(memory -> 4711 + memory.position() + asked.getAndIncrement()));
        }
        assertEquals(1, asked.get());
    }

    @Test
    void cellsHaveAddressesAtTheirOffsets() {
        Buffer first = new Buffer(slab, 0);
        Buffer second = new Buffer(slab, CELL);
        for (Buffer cell : new Buffer[]{first, second}) {
            cell.lend(CELL);
            cell.append(new byte[10], 0, 10);
            cell.discard(3);
        }
        assertEquals(1_000 + 3, first.addressForWrite(memory -> 1_000));
        assertEquals(1_000 + 10, first.addressForRead(memory -> 0));
        assertEquals(1_000 + CELL + 3, second.addressForWrite(memory -> 0));
        assertEquals(1_000 + CELL + 10, second.addressForRead(memory -> 0));
    }

    @Test
    void aViewShowsTheBytesOfItsRange() {
        slab.copyFrom(new byte[]{1, 2, 3, 4}, 1, CELL, 3);
        ByteBuffer view = slab.view(CELL, CELL + 3);
        byte[] seen = new byte[view.remaining()];
        view.get(seen);
        assertArrayEquals(new byte[]{2, 3, 4}, seen);
        assertEquals(4, slab.byteAt(CELL + 2));
    }
}
