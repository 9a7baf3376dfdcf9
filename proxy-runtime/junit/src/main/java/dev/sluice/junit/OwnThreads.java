package dev.sluice.junit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The threads of one proxy: those that were made by what runs on them belong to one group, so that they can be told from those
 * of the test and of other proxies.
 */
final class OwnThreads {
    private final ThreadGroup group;

    OwnThreads(String name) {
        this.group = new ThreadGroup(name);
    }

    /** Runs a task on a thread of the group, and waits for it. */
    <T> T call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Thread thread = new Thread(group, () -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }, "sluice-test");
        thread.setContextClassLoader(loader);
        thread.setDaemon(false);
        thread.start();
        try {
            return result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Waits until none is left, and returns those that are when the time is over. */
    List<Thread> awaitEnd(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        List<Thread> alive = alive();
        while (!alive.isEmpty() && System.nanoTime() < deadline) {
            try {
                boolean _ = alive.getFirst().join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
                deadline = System.nanoTime();
            }
            alive = alive();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive;
    }

    /** Whether none is left. */
    boolean haveEnded() {
        return alive().isEmpty();
    }

    private List<Thread> alive() {
        Thread[] threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        return new ArrayList<>(Arrays.asList(threads).subList(0, count));
    }

    static String words(Thread thread) {
        StringBuilder words = new StringBuilder(thread.getName());
        for (StackTraceElement frame : thread.getStackTrace()) {
            words.append("\n    at ").append(frame);
        }
        return words.toString();
    }
}
