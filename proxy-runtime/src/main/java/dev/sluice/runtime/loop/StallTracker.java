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
    /** A callback that takes longer than this is a stall. */
    public static final Duration THRESHOLD = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(StallTracker.class);
    private static final long SAMPLE_MILLIS = 50;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    /** Weight of one sample in the moving average: 200 samples are ten seconds. */
    private static final double SAMPLE_WEIGHT = 1.0 / 200;

    private final List<LoopFigures> loops;
    private final long[] lastBeat;
    private final long[] lastBeatAt;
    private final boolean[] reported;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** @param name of the thread */
    public StallTracker(String name, List<LoopFigures> loops) {
        this.loops = List.copyOf(loops);
        this.lastBeat = new long[loops.size()];
        this.lastBeatAt = new long[loops.size()];
        this.reported = new boolean[loops.size()];
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
                for (int i = 0; i < lastBeat.length; i++) {
                    sample(i, now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample(int i, long now) {
        LoopFigures loop = loops.get(i);
        long beat = loop.beats();
        boolean busy = loop.busy();
        loop.busyRatio(loop.busyRatio() + ((busy ? 1 : 0) - loop.busyRatio()) * SAMPLE_WEIGHT);
        if (!busy || beat != lastBeat[i]) {
            lastBeat[i] = beat;
            lastBeatAt[i] = now;
            reported[i] = false;
            return;
        }
        long nanos = now - lastBeatAt[i];
        if (nanos < THRESHOLD.toNanos()) {
            return;
        }
        loop.stalledFor(nanos);
        if (!reported[i]) {
            reported[i] = true;
            loop.stallBegan();
            Stall where = new Stall(loop.thread());
            Occupant occupant = loop.occupant();
            LOG.warn("Event loop {} has been in one callback{} for {} ms; its connections wait meanwhile.",
                    loop.thread().getName(), occupant == null ? "" : " (" + occupant.describe() + ")",
                    TimeUnit.NANOSECONDS.toMillis(nanos), where);
            if (occupant != null) {
                occupant.hogged(now);
            }
        }
    }

    /** Carries the stack of the loop, for the log to print like any other. */
    private static final class Stall extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stall(Thread stuck) {
            super("the event loop is here", null, false, true);
            setStackTrace(stuck.getStackTrace());
        }
    }

    /** Ends the thread, and waits for its end. */
    public void stop() {
        closed.countDown();
        if (!Threads.join(thread, STOP_PATIENCE)) {
            LOG.error("The watchdog does not end. It is here:{}", Threads.stack(thread));
        }
    }
}
