package dev.sluice.runtime.loop;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WatchdogTest {
    private final Ledger ledger = Ledger.open();
    private final BufferPool pool = new BufferPool(new MemoryBounds(4096, 65_536, 65_536, 0), 2);
    private final EventLoop first = loop(0);
    private final EventLoop second = loop(1);
    private final TestingObserver observer = new TestingObserver();
    private final Watchdog watchdog = new Watchdog("sluice-test-watchdog", List.of(first, second),
            observer);

    WatchdogTest() throws TransportException {}

    /** Counts what it is told. */
    private static final class TestingObserver implements LoopObserver {
        private final AtomicInteger samples = new AtomicInteger();
        private final List<String> stalls = new CopyOnWriteArrayList<>();

        @Override
        public void onSample(long now) {
            samples.incrementAndGet();
        }

        @Override
        public void onStall(EventLoop loop, @Nullable CallbackOwner owner, long nanos, StackTraceElement[] stack) {
            boolean there = Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("await"));
            stalls.add("loop " + loop.index() + " " + (nanos >= Watchdog.THRESHOLD.toNanos()) + " " + there);
        }
    }

    private EventLoop loop(int index) throws TransportException {
        return new EventLoop(index, "sluice-test-loop-" + index, new NioTransport().openPoller(), pool.share(index),
                () -> {});
    }

    @BeforeEach
    void start() {
        watchdog.start();
        first.start();
        second.start();
    }

    @AfterEach
    void stop() {
        watchdog.stop();
        assertTrue(first.stop());
        assertTrue(second.stop());
        pool.close();
        ledger.settle();
    }

    @Test
    void aStuckCallbackIsCountedAndMeasuredOnce() {
        AtomicInteger done = new AtomicInteger();
        CountDownLatch release = block(first, done);
        Await.value("the stall to be measured", () -> first.stalls().longestStallNanos(),
                nanos -> nanos > Watchdog.THRESHOLD.toNanos());
        Await.until("samples of a busy loop", () -> first.stalls().busyRatio() > 0.01);
        release.countDown();
        Await.equal("the task to end", 1, done::get);
        assertEquals(1, first.stalls().stalls());
        assertEquals(0, second.stalls().stalls());
        assertEquals(List.of("loop 0 true true"), observer.stalls);
        assertTrue(observer.samples.get() > 1);
    }

    @Test
    void theFirstCallbackAfterASleepIsWatchedToo() {
        for (int i = 1; i <= 3; i++) {
            Await.until("the watchdog to sleep", this::sleeps);
            AtomicInteger done = new AtomicInteger();
            CountDownLatch release = block(second, done);
            Await.equal("the stall to be counted", (long) i, () -> second.stalls().stalls());
            release.countDown();
            Await.equal("the task to end", 1, done::get);
        }
        assertEquals(0, first.stalls().stalls());
    }

    /** Callbacks that begin at any moment, also in the one in which the watchdog falls asleep. */
    @Test
    void noStallIsMissedByAWatchdogThatIsAboutToSleep() {
        for (int i = 1; i <= 20; i++) {
            int before = i;
            Await.until("the watchdog to doze", () -> watchdog.dozing() || before % 2 == 0);
            AtomicInteger done = new AtomicInteger();
            CountDownLatch release = block(first, done);
            Await.equal("the stall to be counted", (long) i, () -> first.stalls().stalls());
            release.countDown();
            Await.equal("the task to end", 1, done::get);
        }
    }

    private boolean sleeps() {
        return watchdog.dozing() && watchdog.thread().getState() == Thread.State.WAITING;
    }

    private static CountDownLatch block(EventLoop loop, AtomicInteger done) {
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                assertTrue(release.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            done.incrementAndGet();
        });
        return release;
    }
}
