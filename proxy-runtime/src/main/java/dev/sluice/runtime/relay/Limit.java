package dev.sluice.runtime.relay;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An exact bound on connections: never more than {@code max} are admitted. Thread-safe; without a lock unless somebody waits for the
 * end of all.
 *
 * <p>Who is refused may leave a task, and is told when there may be room. So a full listener stops accepting and its clients wait in the
 * backlog, as with HAProxy and nginx.
 */
public final class Limit {
    private final int max;
    private final AtomicInteger active = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    public Limit(int max) {
        this.max = max;
    }

    /** The bound. */
    public int max() {
        return max;
    }

    /** Connections admitted now. */
    public int active() {
        return active.get();
    }

    /** Admits one connection, if there is room. */
    boolean tryAcquire() {
        for (int now = active.get(); now < max; now = active.get()) {
            if (active.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** One connection has ended. */
    void release() {
        int left = active.decrementAndGet();
        // All of them, as one that has nobody to admit would keep the place from the others. There are no more than listeners.
        for (Runnable waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
            waiter.run();
        }
        if (left == 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** {@code task} is run once, on the thread that releases, when there may be room; at once if there is room now. */
    void whenRoom(Runnable task) {
        waiting.add(task);
        if (active.get() < max && waiting.remove(task)) {
            task.run();
        }
    }

    /** Waits until nothing is admitted. @return whether that was so before the time was over */
    public boolean awaitIdle(long nanos) throws InterruptedException {
        lock.lock();
        try {
            // A release that reaches 0 signals under the lock, so it cannot fall between this look and the wait.
            long left = nanos;
            while (active.get() > 0) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
