package dev.sluice.runtime.cluster;

import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The clients that wait for a place at an endpoint of one cluster, in the order of their arrival. Any thread.
 *
 * <pre>
 *             add                       wake (one client for one place)
 *   OUTSIDE ───────▶ WAITING ──────────────────────────────▶ CALLED
 *      ▲                │ ▲                                    │
 *      │  leave         │ │  addFirst: the place was gone      │  acquired
 *      └────────────────┘ └────────────────────────────────────┤
 *      ▲                                                       │
 *      └───────────────────────────────────────────────────────┘
 *                 leave: the turn goes to the next one
 * </pre>
 *
 * A place that becomes free calls one client. A client that is called and finds none goes back to the front. One
 * that gets a place, or leaves when called, lets the next one try, so that no free place is overlooked however many become
 * free at one time.
 */
public final class ConnectQueue {
    /** A client in the queue. Its links belong to the queue. */
    public abstract static class Waiting {
        private @Nullable Waiting previous;
        private @Nullable Waiting next;
        private boolean waiting;

        /** It is this client's turn. Called by any thread, without a lock; must not block. */
        protected abstract void onTurn();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Waiting first;
    private @Nullable Waiting last;
    private int count;
    /** The count, for readers without the lock. */
    private volatile int length;

    /** Clients that wait now. */
    public int length() {
        return length;
    }

    /**
     * Adds a client at the end. The caller then looks once more whether there is a place, and if so calls {@link #wake}:
     * it may have become free before the client was here.
     *
     * @param max the most clients that wait
     * @return false if it is full
     */
    public boolean add(Waiting client, int max) {
        lock.lock();
        try {
            if (length >= max) {
                return false;
            }
            link(last, client, null);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Puts back a client that was called and found no place. As with {@link #add}, the caller then looks once more. */
    public void addFirst(Waiting client) {
        lock.lock();
        try {
            link(null, client, first);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a client out. @return false if it was called before, and the caller has to call {@link #wake} in its place */
    public boolean leave(Waiting client) {
        lock.lock();
        try {
            if (!client.waiting) {
                return false;
            }
            unlink(client);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a client has waited for longest of those that wait now. */
    public boolean isFirst(Waiting client) {
        lock.lock();
        try {
            return client.waiting && client.previous == null;
        } finally {
            lock.unlock();
        }
    }

    /** Calls the client that has waited for longest, if any waits. */
    public void wake() {
        if (length == 0) {
            return;
        }
        Waiting called;
        lock.lock();
        try {
            called = first;
            if (called == null) {
                return;
            }
            unlink(called);
        } finally {
            lock.unlock();
        }
        called.onTurn();
    }

    private void link(@Nullable Waiting before, Waiting client, @Nullable Waiting after) {
        client.waiting = true;
        client.previous = before;
        client.next = after;
        if (before == null) {
            first = client;
        } else {
            before.next = client;
        }
        if (after == null) {
            last = client;
        } else {
            after.previous = client;
        }
        length = ++count;
    }

    private void unlink(Waiting client) {
        Waiting before = client.previous;
        Waiting after = client.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        client.previous = null;
        client.next = null;
        client.waiting = false;
        length = --count;
    }
}
