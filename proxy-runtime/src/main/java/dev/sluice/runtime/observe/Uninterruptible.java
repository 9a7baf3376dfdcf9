package dev.sluice.runtime.observe;

import java.time.Duration;

/** Waiting that belongs to an orderly end and must not be cut short by an interrupt meant for something else. */
public final class Uninterruptible {
    private Uninterruptible() {}

    /**
     * Waits for the end of a thread. An interrupt meanwhile is kept for the caller.
     *
     * @return whether it ended in time
     */
    public static boolean join(Thread thread, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
