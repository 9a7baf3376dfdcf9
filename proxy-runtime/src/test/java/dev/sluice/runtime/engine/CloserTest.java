package dev.sluice.runtime.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.runtime.testing.Await;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CloserTest {
    private final Queue<String> closed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean threadsLeft = new AtomicBoolean(true);
    private final Closer closer = new Closer(task -> {
        if (!threadsLeft.get()) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        return new Thread(task);
    });

    private void close(String what) {
        closer.execute(() -> closed.add(what));
    }

    @Test
    void aTaskThatHangsKeepsNoOtherWaiting() {
        CountDownLatch hanging = new CountDownLatch(1);
        closer.start();
        closer.execute(() -> {
            try {
                hanging.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        close("a");
        Await.equal("closed", List.of("a"), () -> List.copyOf(closed));
        hanging.countDown();
        closer.close();
    }

    @Test
    void withoutThreadsTheOneThatIsThereClosesEverything() {
        closer.start();
        threadsLeft.set(false);
        closer.execute(() -> {
            throw new IllegalStateException("a plugin");
        });
        for (int i = 0; i < 100; i++) {
            close("x");
        }
        Await.equal("closed", 100, closed::size);
        closer.close();
    }

    @Test
    void whatCameBeforeItsStartOrAtItsEndIsClosedToo() {
        close("before");
        closer.start();
        closer.start();
        Await.equal("closed", List.of("before"), () -> List.copyOf(closed));
        closer.close();
        close("after");
        closer.start();
        closer.close();
        assertEquals(List.of("before", "after"), List.copyOf(closed));
    }
}
