package dev.sluice.runtime.memory;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

class PipePoolTest {
    private final PipePool.Source source = mock(PipePool.Source.class);
    private int capacity = PipePool.PIPE_BYTES;
    private final Queue<KernelPipe> opened = new ArrayDeque<>();
    private final PipePool pool = new PipePool(source, 2L * PipePool.PIPE_BYTES);

    @BeforeEach
    void pipes() {
        when(source.openPipe(PipePool.PIPE_BYTES)).thenAnswer(call -> {
            KernelPipe pipe = mock(KernelPipe.class);
            when(pipe.capacity()).thenReturn(capacity);
            opened.add(pipe);
            return pipe;
        });
    }

    private KernelPipe borrow() {
        return Objects.requireNonNull(pool.borrow());
    }

    private @Nullable KernelPipe none() {
        return pool.borrow();
    }

    @Test
    void thereAreNotMoreThanTheBoundAllows() {
        KernelPipe first = borrow();
        KernelPipe second = borrow();
        assertNotSame(first, second);
        assertNull(none());
        assertEquals(2, pool.counters().borrowed());
        pool.giveBack(first);
        assertSame(first, borrow());
        assertEquals(2, pool.counters().borrowedPeak());
    }

    @Test
    void onlyAnEmptyPipeIsLentAgain() {
        KernelPipe pipe = borrow();
        when(pipe.content()).thenReturn(1);
        pool.giveBack(pipe);
        verify(pipe).close();
        assertEquals(0, pool.counters().open());
        assertNotSame(pipe, borrow());
    }

    @Test
    void whatWasNotNeededBetweenTwoTrimsIsClosed() {
        KernelPipe first = borrow();
        KernelPipe second = borrow();
        pool.giveBack(first);
        pool.giveBack(second);
        pool.trim();
        verify(first, never()).close();
        assertSame(second, borrow());
        pool.giveBack(second);
        pool.trim();
        verify(first).close();
        verify(second, never()).close();
        pool.trim();
        verify(second).close();
        assertEquals(0, pool.counters().open());
        assertEquals(0, pool.counters().borrowed());
    }

    @Test
    void aSystemThatHasNoneIsAskedAgainAfterTheNextTrim() {
        when(source.openPipe(PipePool.PIPE_BYTES)).thenReturn(null);
        assertNull(none());
        assertNull(none());
        verify(source, times(1)).openPipe(PipePool.PIPE_BYTES);
        pool.trim();
        assertNull(none());
        verify(source, times(2)).openPipe(PipePool.PIPE_BYTES);
    }

    /** As for a user who has used up what pipes may take. */
    @Test
    void aPipeThatHoldsNextToNothingIsNone() {
        capacity = 8192;
        assertNull(none());
        verify(opened.remove()).close();
        assertEquals(0, pool.counters().open());
    }

    @Test
    void whatIsGivenUpTwiceIsClosedOnce() {
        KernelPipe pipe = borrow();
        pool.discard(pipe);
        pool.discard(pipe);
        verify(pipe, times(1)).close();
        assertEquals(0, pool.counters().open());
    }

    @Test
    void closeClosesWhatIsLentToo() {
        KernelPipe idle = borrow();
        KernelPipe lent = borrow();
        pool.giveBack(idle);
        pool.close();
        opened.forEach(pipe -> verify(pipe).close());
        verify(lent).close();
        assertEquals(0, pool.counters().open());
        assertEquals(0, pool.counters().borrowed());
    }
}
