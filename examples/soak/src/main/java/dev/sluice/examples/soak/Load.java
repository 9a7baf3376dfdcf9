package dev.sluice.examples.soak;

import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The stream of new connections: as many in a second as wanted, whatever becomes of those before, as long as not too many are open. */
final class Load {
    /** Two descriptors each in the daemon, and two here. */
    private static final int MOST_OPEN = 3000;

    private final long seed;
    private final int rate;
    private final long meanBytes;
    private final long mostPauseMillis;
    private final Plans plans;
    private final Function<Plan, Runnable> client;
    private final Semaphore room = new Semaphore(MOST_OPEN);
    private final Phaser open = new Phaser(1);
    private long number;
    private long latestNanos;

    Load(Options options, Plans plans, Function<Plan, Runnable> client) {
        seed = options.seed();
        rate = options.rate();
        meanBytes = options.meanBytes();
        mostPauseMillis = options.mostPauseMillis();
        this.plans = plans;
        this.client = client;
    }

    /** Opens connections for so long, and waits for the end of the last one. */
    void run(long seconds) {
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        for (long n = 0; System.nanoTime() < end; n++) {
            long early = start + n * 1_000_000_000L / rate - System.nanoTime();
            Line.pause(TimeUnit.NANOSECONDS.toMillis(early));
            latestNanos = Math.max(latestNanos, -early);
            next();
        }
        await();
    }

    /** One of each kind at each place, at least: all code has run once then, and every thread has been started. */
    void warmUp(int connections) {
        for (int i = 0; i < connections; i++) {
            next();
        }
        await();
    }

    private void next() {
        Plan plan = new Plan(seed, ++number, meanBytes, mostPauseMillis);
        plans.add(plan);
        Runnable run = client.apply(plan);
        room.acquireUninterruptibly();
        open.register();
        Thread.ofVirtual().start(() -> {
            try {
                run.run();
            } finally {
                room.release();
                open.arriveAndDeregister();
            }
        });
    }

    /** By how much the latest connection began after its time: more than some seconds, and the machine was too busy for this load. */
    double latestSeconds() {
        return latestNanos / 1e9;
    }

    private void await() {
        open.arriveAndAwaitAdvance();
    }
}
