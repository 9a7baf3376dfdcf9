package dev.sluice.runtime.memory;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** The queue of waiters: first come, first served within a {@link Waiter.Urgency}. Owned by one loop thread. */
final class WaitQueue {
    private static final Waiter.Urgency[] ORDER = Waiter.Urgency.values();

    private final @Nullable Waiter[] heads = new Waiter[ORDER.length];
    private final @Nullable Waiter[] tails = new Waiter[ORDER.length];
    private int size;

    int size() {
        return size;
    }

    void add(Waiter waiter, Waiter.Urgency urgency) {
        if (waiter.waitingForMemory()) {
            throw new IllegalStateException("already waiting");
        }
        int queue = urgency.ordinal();
        Waiter tail = tails[queue];
        waiter.queue = (byte) queue;
        waiter.previous = tail;
        if (tail == null) {
            heads[queue] = waiter;
        } else {
            tail.next = waiter;
        }
        tails[queue] = waiter;
        size++;
    }

    void remove(Waiter waiter) {
        if (!waiter.waitingForMemory()) {
            return;
        }
        int queue = waiter.queue;
        if (waiter.previous == null) {
            heads[queue] = waiter.next;
        } else {
            waiter.previous.next = waiter.next;
        }
        if (waiter.next == null) {
            tails[queue] = waiter.previous;
        } else {
            waiter.next.previous = waiter.previous;
        }
        waiter.previous = null;
        waiter.next = null;
        waiter.queue = Waiter.NOT_QUEUED;
        size--;
    }

    /** The most urgent waiter that has waited longest, taken out. */
    Waiter poll() {
        for (Waiter head : heads) {
            if (head != null) {
                remove(head);
                return head;
            }
        }
        throw new IllegalStateException(Objects.toString(size) + " waiters, but none queued");
    }
}
