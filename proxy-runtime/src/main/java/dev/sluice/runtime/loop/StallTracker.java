package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the loops from outside, twenty times a second: names one that does not come back from a callback, with its stack, and
 * estimates how busy each is. One thread for a server.
 */
public final class StallTracker {
    /** A turn that takes longer than this is a stall. */
    public static final Duration THRESHOLD = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(StallTracker.class);
    private static final long SAMPLE_MILLIS = 50;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    /** Weight of one sample in the moving average: 200 samples are ten seconds. */
    private static final double SAMPLE_WEIGHT = 1.0 / 200;

    private final List<LoopFigures> loops;
    private final long[] reportedTurn;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** @param name of the thread */
    public StallTracker(String name, List<LoopFigures> loops) {
        this.loops = List.copyOf(loops);
        this.reportedTurn = new long[loops.size()];
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                for (int i = 0; i < reportedTurn.length; i++) {
                    sample(i, now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample(int i, long now) {
        LoopFigures loop = loops.get(i);
        long turn = loop.turns();
        long started = loop.turnStartedAt();
        boolean busy = started != LoopFigures.WAITING;
        loop.busyRatio(loop.busyRatio() + ((busy ? 1 : 0) - loop.busyRatio()) * SAMPLE_WEIGHT);
        long nanos = now - started;
        if (!busy || nanos < THRESHOLD.toNanos()) {
            return;
        }
        loop.stalledFor(nanos);
        if (reportedTurn[i] != turn) {
            reportedTurn[i] = turn;
            loop.stallBegan();
            report(loop, nanos);
        }
    }

    private static void report(LoopFigures loop, long nanos) {
        LOG.warn("Event loop {} has been in one turn for {} ms; its connections wait meanwhile. It is here:{}",
                loop.thread().getName(),
                TimeUnit.NANOSECONDS.toMillis(nanos), Threads.stack(loop.thread()));
    }

    /** Ends the thread, and waits for its end. */
    public void stop() {
        closed.countDown();
        if (!Threads.join(thread, STOP_PATIENCE)) {
            LOG.error("The watchdog does not end. It is here:{}", Threads.stack(thread));
        }
    }
}
