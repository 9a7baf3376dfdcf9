package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.chain.FilterState;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Threads and counters that a filter has of the proxy. */
class SlotEnvironmentTest {
    private static SlotEnvironment environment() {
        return new SlotEnvironment(new FilterState("edge", "guard", 2, new Events()), 2, Path.of("/etc/sluice"));
    }

    /** A task that lasts until it is interrupted. */
    private static final class Waiting implements Runnable {
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private volatile @Nullable Thread thread;

        @Override
        public void run() {
            thread = Thread.currentThread();
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }

        void awaitRunning() throws InterruptedException {
            assertTrue(running.await(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void tasksHaveAThreadEachWhichEndsWithTheFilter() throws InterruptedException {
        SlotEnvironment environment = environment();
        Waiting first = new Waiting();
        Waiting second = new Waiting();
        environment.executor().execute(first);
        environment.executor().execute(second);
        first.awaitRunning();
        second.awaitRunning();
        Thread thread = first.thread;
        assertNotNull(thread);
        assertTrue(thread.isVirtual());
        assertEquals("sluice-filter-edge-guard-0", thread.getName());
        environment.close();
        assertEquals(0, first.interrupted.getCount() + second.interrupted.getCount());
        assertTrue(String.valueOf(assertThrows(RejectedExecutionException.class,
                () -> environment.executor().execute(first)).getMessage()).contains("filter 'guard' of listener edge"));
    }

    @Test
    void aTaskThatThrowsCostsNothing() throws InterruptedException {
        try (SlotEnvironment environment = environment()) {
            environment.executor().execute(() -> {
                throw new StackOverflowError("mine");
            });
            Waiting next = new Waiting();
            environment.executor().execute(next);
            next.awaitRunning();
        }
    }

    @Test
    void countersAreSharedByName() {
        FilterState state = new FilterState("edge", "guard", 2, new Events());
        try (SlotEnvironment environment = new SlotEnvironment(state, 2, Path.of("/etc/sluice"))) {
            assertSame(environment.counter("cache_misses"), environment.counter("cache_misses"));
            environment.counter("cache_misses").increment();
            environment.counter("cache_hits").add(41);
            assertEquals(Map.of("cache_hits", 41L, "cache_misses", 1L), state.customCounters().values());
            for (String name : new String[]{"", "Misses", "cache-misses", "_x", "x_", "x__y", "9x", "x".repeat(65)}) {
                assertThrows(IllegalArgumentException.class, () -> environment.counter(name), name);
            }
            assertThrows(IllegalArgumentException.class, () -> environment.counter("cache_hits").add(-1));
            for (int i = 2; i < FilterEnvironment.MAX_COUNTERS; i++) {
                environment.counter("c" + i);
            }
            assertThrows(IllegalStateException.class, () -> environment.counter("one_too_many"));
        }
    }

    @Test
    void theThreadsOfAFilterEndWithItsGenerationBehindTheFactory() throws Exception {
        Waiting task = new Waiting();
        AtomicReference<@Nullable Long> stillRunningAtClose = new AtomicReference<>();
        TestingFilter asking = new TestingFilter("asking", FilterTraits.connectionOnly(),
                connection -> new ConnectionFilter() {
                }).onCreate(environment -> {
                    environment.counter("asked").increment();
                    environment.executor().execute(task);
                }).onClose(() -> stillRunningAtClose.set(task.interrupted.getCount()));
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(asking).start()) {
            task.awaitRunning();
            assertEquals(0, proxy.stats().connectionsActive());
            assertEquals(1, task.interrupted.getCount());
        }
        assertEquals(1L, stillRunningAtClose.get(), "the factory could still use its threads");
        assertEquals(0, task.interrupted.getCount());
    }
}
