package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.relay.DescriptorReserve;
import dev.sluice.runtime.relay.SelfConnections;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EventLoopsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Transport transport = new NioTransport();
    private final BufferPool pool = new BufferPool(new MemoryBounds(16 << 10, 1 << 20, 1 << 20, 0), 2);
    private DescriptorReserve reserve;
    private EventLoops loops;

    @BeforeEach
    void open() throws Exception {
        reserve = new DescriptorReserve(transport, new Events());
        loops = EventLoops.open(2, transport, pool,
                loop -> new Worker(loop, new ConnectionLimit("process"), reserve,
                        new SelfConnections(address -> false), new Journal(new Events())),
                () -> {});
        loops.start();
    }

    @AfterEach
    void close() {
        loops.stop();
        reserve.close();
        pool.close();
    }

    private static int index(Worker worker) {
        return worker.loop().index();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first loop answers only after the second was asked: one after the other, it would never. */
    @Test
    void allAreAskedBeforeTheFirstAnswerIsAwaited() {
        CountDownLatch secondAsked = new CountDownLatch(1);
        List<String> answers = loops.queryAll(loops.workers(), Worker::loop, worker -> {
            if (index(worker) == 1) {
                secondAsked.countDown();
            }
            return index(worker) + " " + await(secondAsked);
        }, LONG);
        assertEquals(List.of("0 true", "1 true"), answers);
    }

    @Test
    void aLoopThatHangsCostsItsOwnAnswerOnly() {
        CountDownLatch hanging = new CountDownLatch(1);
        loops.workers().getFirst().loop().execute(() -> await(hanging));
        try {
            assertEquals(List.of(1), loops.queryAll(loops.workers(), Worker::loop, EventLoopsTest::index,
                    Duration.ofMillis(300)));
        } finally {
            hanging.countDown();
        }
    }

    @Test
    void questionsThatFailFailForWhoAsked() {
        assertEquals("no",
                assertThrows(IllegalArgumentException.class, () -> loops.queryAll(loops.workers(), Worker::loop,
                        worker -> {
                            throw new IllegalArgumentException("no");
                        }, LONG)).getMessage());
    }

    @Test
    void loopsThatHaveEndedAreNotWaitedFor() {
        assertTrue(loops.turning());
        assertTrue(loops.stop());
        assertFalse(loops.turning());
        assertEquals(List.of(), loops.queryAll(loops.workers(), Worker::loop, EventLoopsTest::index, LONG));
    }

    @Test
    void aQuestionIsGivenUpWhenTheLoopsEndMeanwhile() throws Exception {
        CompletableFuture<List<Integer>> asked = new CompletableFuture<>();
        EventLoop first = loops.workers().getFirst().loop();
        CompletableFuture<Integer> neverAnswered = new CompletableFuture<>();
        CountDownLatch asking = new CountDownLatch(1);
        Thread asker = Thread.ofVirtual().start(() -> {
            asking.countDown();
            asked.complete(loops.collect(List.of(new EventLoops.Query<>(first, neverAnswered)), LONG));
        });
        assertTrue(await(asking));
        assertTrue(loops.stop());
        Await.equal("answers", List.of(), () -> asked.getNow(List.of(-1)));
        asker.join();
    }
}
