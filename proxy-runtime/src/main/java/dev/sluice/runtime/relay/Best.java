package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * The things with the greatest keys among all that were offered: a heap of fixed size, the least key at its root. Pure;
 * one thread.
 */
final class Best<T> {
    private final long[] keys;
    private final List<T> things = new ArrayList<>();

    /** @param most things that are kept */
    Best(int most) {
        this.keys = new long[most];
    }

    /** Offers a thing. Of those with equal keys, the ones that were offered first are kept. */
    void offer(long key, T thing) {
        int size = things.size();
        if (size < keys.length) {
            things.add(thing);
            keys[size] = key;
            rise(size);
        } else if (size > 0 && key > keys[0]) {
            things.set(0, thing);
            keys[0] = key;
            sink();
        }
    }

    int size() {
        return things.size();
    }

    /** In no order. */
    T thing(int i) {
        return things.get(i);
    }

    /** The key of {@link #thing}. */
    long key(int i) {
        return keys[i];
    }

    private void rise(int from) {
        for (int i = from, parent = (i - 1) / 2; i > 0 && keys[i] < keys[parent]; i = parent, parent = (i - 1) / 2) {
            swap(i, parent);
        }
    }

    private void sink() {
        int i = 0;
        int least = least(i);
        while (least != i) {
            swap(i, least);
            i = least;
            least = least(i);
        }
    }

    /** The place of the least key among a place and the two below it. */
    private int least(int i) {
        int least = i;
        for (int below = 2 * i + 1; below <= 2 * i + 2 && below < things.size(); below++) {
            least = keys[below] < keys[least] ? below : least;
        }
        return least;
    }

    private void swap(int i, int j) {
        long key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
        T thing = things.get(i);
        things.set(i, things.get(j));
        things.set(j, thing);
    }
}
