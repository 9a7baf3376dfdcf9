package dev.sluice.runtime.observe;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * A bounded queue with many producers and one consumer. No side waits: a producer suspended halfway delays the
 * consumer's view, not other producers. No side allocates.
 *
 * <p>A producer claims a position by advancing {@code tail}, then fills its slot; the consumer empties the slot, then advances {@code
 * head}, so a claimed slot is always empty.
 */
final class AccessQueue {
    private final AtomicReferenceArray<@Nullable AccessEntry> slots;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    AccessQueue(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
    }

    int capacity() {
        return slots.length();
    }

    /** The position behind the last entry: as many entries as that have been added before. Any thread. */
    long end() {
        return tail.get();
    }

    /** The number of entries taken out. Consumer only. */
    long taken() {
        return head.get();
    }

    /**
     * Adds an entry; false if the queue is full. A volatile write makes the entry visible before the producer checks
     * whether the consumer sleeps.
     */
    boolean offer(AccessEntry entry) {
        while (true) {
            long position = tail.get();
            if (position - head.get() >= slots.length()) {
                return false;
            }
            if (tail.compareAndSet(position, position + 1)) {
                slots.set(slot(position), entry);
                return true;
            }
        }
    }

    /** The oldest entry; null if there is none, or if its producer has not finished. Consumer only. */
    @Nullable
    AccessEntry poll() {
        long position = head.get();
        int slot = slot(position);
        AccessEntry entry = slots.get(slot);
        if (entry != null) {
            slots.setRelease(slot, null);
            head.setRelease(position + 1);
        }
        return entry;
    }

    /** Whether {@link #poll} would find nothing. Consumer only. */
    boolean isEmpty() {
        return slots.get(slot(head.get())) == null;
    }

    private int slot(long position) {
        return (int) (position % slots.length());
    }
}
