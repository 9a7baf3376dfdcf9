package dev.sluice.runtime.loop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Helpers to start a thread, to wait for it and to print its stack. Any thread. */
public final class Threads {
    private static final long RETRY_NANOS = Duration.ofMillis(100).toNanos();

    private Threads() {}

    /** Starts a thread; where the system refuses one, waits until it does not. Not for a thread that others wait for. */
    public static void start(Runnable task, String name) {
        while (true) {
            try {
                new Thread(task, name).start();
                return;
            } catch (OutOfMemoryError none) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /** Waits for the end of a thread, if it was ever started; an interrupt meanwhile is kept for the caller. @return whether it ended in time */
    public static boolean join(Thread thread, Duration patience) {
        if (thread.getState() == Thread.State.NEW) {
            return true;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
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

    /** The stack of a thread, a line for each frame. */
    static String stack(Thread thread) {
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            stack.append("\n    at ").append(frame);
        }
        return stack.toString();
    }
}
