package dev.sluice.runtime.loop;

import java.time.Duration;

/** Helpers to wait for a thread and to print its stack. Any thread. */
public final class Threads {
    private Threads() {}

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
