package dev.sluice.runtime.limit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An exact bound on connections, whose maximum may be changed: no connection is ever admitted beyond the maximum of
 * that moment. Any thread; without a lock.
 *
 * <p>A caller that is refused may leave a task, which is run when there may be room. That is how a full listener stops
 * accepting while its clients wait in the backlog, as with HAProxy and nginx.
 */
public final class ConnectionLimit {
    private final String owner;
    private final AtomicInteger active = new AtomicInteger();
    private final Queue<Runnable> waitingForRoom = new ConcurrentLinkedQueue<>();
    private final Queue<CountDownLatch> waitingForIdle = new ConcurrentLinkedQueue<>();
    private volatile int max = Integer.MAX_VALUE;

    /**
     * A limit that admits any number until it is given a maximum.
     *
     * @param owner the thing that is bounded, for error messages
     */
    public ConnectionLimit(String owner) {
        this.owner = owner;
    }

    /** A limit of {@code max} connections; 0 for none. */
    public ConnectionLimit(String owner, int max) {
        this(owner);
        max(max);
    }

    /** The thing that is bounded, for messages. */
    public String owner() {
        return owner;
    }

    /** The most connections at one time; 0 for no limit. */
    public int max() {
        int most = max;
        return most == Integer.MAX_VALUE ? 0 : most;
    }

    /**
     * Changes the maximum. When it is lowered no connection is cut: none is admitted until there is room. When it is
     * raised, the tasks that wait for room are run, on this thread.
     *
     * @param connections 1 and more, or 0 for no limit
     */
    public void max(int connections) {
        if (connections < 0) {
            throw new IllegalArgumentException(owner + ": maxConnections is " + connections
                    + "; allowed are 1 and more, or 0 for no limit");
        }
        max = connections == 0 ? Integer.MAX_VALUE : connections;
        if (hasRoom()) {
            wakeWaiters();
        }
    }

    /** Connections admitted now. */
    public int active() {
        return active.get();
    }

    /** Whether one more would be admitted now. */
    public boolean hasRoom() {
        return active.get() < max;
    }

    /** Admits one connection, if there is room. */
    public boolean tryAcquire() {
        // Not "increment, then look": two threads that overshoot together would turn each other away from the last place.
        for (int seen = active.get(); seen < max; seen = active.get()) {
            if (active.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gives the place of one connection back.
     *
     * @throws IllegalStateException if none is held
     */
    public void release() {
        int left = active.decrementAndGet();
        if (left < 0) {
            active.getAndIncrement();
            throw new IllegalStateException(
                    owner + ": a connection was released that was never acquired, or released twice");
        }
        wakeWaiters();
        if (left == 0) {
            for (CountDownLatch waiter = waitingForIdle.poll(); waiter != null; waiter = waitingForIdle.poll()) {
                waiter.countDown();
            }
        }
    }

    /**
     * Runs every waiting task: a task that has no client to admit would keep the place from the others. There is at
     * most one for each acceptor.
     */
    private void wakeWaiters() {
        for (Runnable waiter = waitingForRoom.poll(); waiter != null; waiter = waitingForRoom.poll()) {
            waiter.run();
        }
    }

    /** Runs {@code task} once when there may be room, on the thread that makes room; at once if there is room now. */
    public void whenRoom(Runnable task) {
        waitingForRoom.add(task);
        if (hasRoom() && waitingForRoom.remove(task)) {
            task.run();
        }
    }

    /**
     * Waits until no connection is admitted.
     *
     * @return whether that was so before the time was over
     */
    public boolean awaitIdle(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (active.get() > 0) {
            CountDownLatch idle = new CountDownLatch(1);
            waitingForIdle.add(idle);
            // A release that reached 0 before the latch was there is seen by this look, a later one finds the latch.
            if (active.get() == 0 || !idle.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                waitingForIdle.remove(idle);
                return active.get() == 0;
            }
        }
        return true;
    }
}
