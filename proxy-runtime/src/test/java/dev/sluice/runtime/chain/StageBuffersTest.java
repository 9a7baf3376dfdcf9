package dev.sluice.runtime.chain;

import java.nio.charset.StandardCharsets;

import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Events;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Buffers between transforming filters, and the view of them: with memory, and nothing else. */
class StageBuffersTest {
    private static final int READ_BUFFER = 1024;

    private final BufferPool pool = new BufferPool(new MemoryBounds(READ_BUFFER, 4 * READ_BUFFER, 4 * READ_BUFFER, 0),
            1);
    private final LoopMemory memory = pool.share(0);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, memory.counters().borrowed());
        assertEquals(0, memory.counters().stashBytes());
        pool.close();
    }

    private Buffer borrow() {
        Buffer buffer = memory.borrow();
        assertNotNull(buffer);
        return buffer;
    }

    private static Cursor cursor(FilterTraits traits, ConnectionFilter filter, int stage) {
        FilterSlot slot = new FilterSlot(new FilterState("edge", "f", 1, new Events()), "toy", 0,
                ToyFilters.factory(traits, () -> filter), null);
        return new Cursor(slot, filter, Thread.currentThread(), stage, false);
    }

    private static Cursor transforming(int stage) {
        return cursor(FilterTraits.transforms(UP), new TransformFilter() {
            @Override
            public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
                return DataAction.DETACH;
            }
        }, stage);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void append(Buffer buffer, String text) {
        buffer.append(bytes(text), 0, text.length());
    }

    @Test
    void aDirectionWithoutTransformsHasTheBufferOfTheRelayOnly() {
        StageBuffers stages = new StageBuffers(1);
        Buffer last = borrow();
        assertTrue(stages.open(memory));
        assertEquals(0, stages.last());
        assertSame(last, stages.content(0, last));
        assertSame(last, stages.input(last));
        assertEquals(0, stages.bufferBytes());
        stages.shut(memory);
        memory.giveBack(last);
    }

    @Test
    void whatAStageHoldsIsKeptInAPlaceOfItsSizeAndTheRestGoesBack() {
        StageBuffers stages = new StageBuffers(3);
        assertTrue(stages.open(memory));
        assertEquals(2, memory.counters().borrowed());
        Buffer last = borrow();
        append(stages.content(0, last), "held");
        stages.shut(memory);
        memory.giveBack(last);
        assertEquals(0, memory.counters().borrowed());
        assertTrue(stages.bufferBytes() > 0 && stages.bufferBytes() < READ_BUFFER, "in the stash");
        assertTrue(stages.open(memory));
        Buffer again = borrow();
        assertEquals(4, stages.content(0, again).content());
        memory.giveBack(again);
        stages.close(memory);
    }

    @Test
    void ifMemoryHasNotEnoughNothingIsBorrowed() {
        Buffer[] all = {borrow(), borrow(), borrow()};
        StageBuffers stages = new StageBuffers(3);
        assertFalse(stages.open(memory));
        assertEquals(3, memory.counters().borrowed());
        assertThrows(IllegalStateException.class, () -> stages.content(0, all[0]));
        for (Buffer each : all) {
            memory.giveBack(each);
        }
    }

    @Test
    void aTransformingFilterEmitsIntoTheNextStage() {
        StageBuffers stages = new StageBuffers(2);
        assertTrue(stages.open(memory));
        Buffer last = borrow();
        Cursor cursor = transforming(0);
        Buffer source = stages.content(0, last);
        append(source, "abcd");
        cursor.unforwarded = 4;
        assertNull(target(stages, cursor(FilterTraits.inspects(UP), new ConnectionFilter() {
        }, 0), last));
        assertSame(last, target(stages, cursor, last));
        assertEquals(Integer.MAX_VALUE, StageBuffers.room(null));
        assertEquals(READ_BUFFER, StageBuffers.room(last));

        cursor.lend(source, 0, 4, last, false, Callback.ON_DATA);
        cursor.drop(1);
        cursor.emit(bytes("XY"), 0, 2);
        cursor.forward(2);
        assertEquals(3, cursor.forwarded());
        assertEquals(READ_BUFFER - 4, cursor.emitCapacity());
        assertThrows(IndexOutOfBoundsException.class, () -> cursor.forward(2));
        assertThrows(IllegalStateException.class, () -> cursor.emit(new byte[READ_BUFFER], 0, READ_BUFFER));
        cursor.takeBack();
        assertTrue(cursor.blocked, "left a byte after it had emitted: perhaps for want of room");
        assertEquals(3, cursor.taken());
        assertEquals(4, cursor.emitted());

        cursor.unforwarded -= cursor.taken();
        stages.dropConsumed(cursor);
        assertEquals(1, source.content());
        byte[] out = new byte[4];
        last.copyTo(0, out, 0, 4);
        assertEquals("XYbc", new String(out, StandardCharsets.US_ASCII));
        memory.giveBack(last);
        stages.close(memory);
    }

    private static @Nullable Buffer target(StageBuffers stages, Cursor cursor, Buffer last) {
        return stages.target(cursor, last);
    }

    @Test
    void whatIsHeldOfTheLastStageIsWhatTheLastFilterHasNotForwarded() {
        ConnectionFilter filter = new ConnectionFilter() {
        };
        Cursor first = cursor(FilterTraits.inspects(UP), filter, 0);
        Cursor second = cursor(FilterTraits.inspects(UP), filter, 0);
        CursorList list = new CursorList(new Cursor[]{first, second});
        assertEquals(1, list.stages());
        list.arrived(0, 10);
        first.unforwarded -= 6;
        assertEquals(4, list.behind(1));
        assertEquals(6, list.visible(1));
        assertEquals(10, list.held(0, 10));
        second.unforwarded -= 6;
        assertEquals(4, list.held(0, 10));
        assertEquals(0, list.visible(1));
        list.remove(first);
        assertEquals(4, list.visible(0));
        assertEquals(-1, list.indexOf(first));
        assertTrue(list.is(0, second));
        assertFalse(list.is(1, second));
        assertEquals(2, new CursorList(new Cursor[]{first, transforming(0)}).stages());
        assertEquals(2, new CursorList(new Cursor[]{transforming(0), cursor(FilterTraits.inspects(UP), filter, 1)})
                .stages());
    }
}
