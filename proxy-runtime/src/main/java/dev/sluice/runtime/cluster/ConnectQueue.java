package dev.sluice.runtime.cluster;

import java.util.LinkedHashSet;
import java.util.concurrent.locks.ReentrantLock;

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
    /** A client in the queue. */
    public interface Waiting {
        /** It is this client's turn. Called by any thread, without a lock; must not block. */
        void onCall();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Waiting> clients = new LinkedHashSet<>();
    /** Their number, for readers without the lock: most clusters never have one. */
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
            if (clients.size() >= max) {
                return false;
            }
            clients.addLast(client);
            length = clients.size();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Puts back a client that was called and found no place. As with {@link #add}, the caller then looks once more. */
    public void addFirst(Waiting client) {
        lock.lock();
        try {
            clients.addFirst(client);
            length = clients.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a client out. @return false if it was called before, and the caller has to call {@link #wake} in its place */
    public boolean leave(Waiting client) {
        lock.lock();
        try {
            boolean waited = clients.remove(client);
            length = clients.size();
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a client has waited for longest of those that wait now. */
    public boolean isFirst(Waiting client) {
        lock.lock();
        try {
            return !clients.isEmpty() && clients.getFirst().equals(client);
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
            if (clients.isEmpty()) {
                return;
            }
            called = clients.removeFirst();
            length = clients.size();
        } finally {
            lock.unlock();
        }
        called.onCall();
    }
}
