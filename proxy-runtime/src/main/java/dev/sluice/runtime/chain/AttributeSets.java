package dev.sluice.runtime.chain;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Sets of attributes that connections of a listener share: most clients speak one of few protocols and ask for one of few names, so their connections
 * need not keep a set each. A set is an array of keys and values in turn, which is never changed.
 *
 * <p>A table of fixed size remembers the sets that were met last, only those of small values that cannot change. Thread-safe: a set that two loops
 * enter at once is kept twice, at worst.
 */
final class AttributeSets {
    static final Object[] NONE = {};

    /** A power of two. */
    private static final int SETS = 64;
    /** A name of DNS fits. */
    private static final int LONGEST_TEXT = 255;

    private final AtomicReferenceArray<Object[]> sets = new AtomicReferenceArray<>(SETS);

    /** The set with another value at an index, which is that of a value in it. */
    @SuppressWarnings("ReferenceEquality") // An equal value that may change is another one.
    Object[] replace(Object[] set, int at, Object value) {
        if (set[at] == value) {
            // A filter may say the same at every event, where nothing is to be allocated.
            return set;
        }
        Object[] changed = set.clone();
        changed[at] = value;
        return shared(changed);
    }

    /** The set with an attribute more. */
    Object[] add(Object[] set, Object key, Object value) {
        Object[] larger = Arrays.copyOf(set, set.length + 2);
        larger[set.length] = key;
        larger[set.length + 1] = value;
        return shared(larger);
    }

    /** An equal set that is known, or else the same one. */
    private Object[] shared(Object[] set) {
        for (int i = 1; i < set.length; i += 2) {
            if (!isShareable(set[i])) {
                return set;
            }
        }
        int hash = Arrays.hashCode(set);
        int at = (hash ^ hash >>> 16) & SETS - 1;
        Object[] known = sets.getAcquire(at);
        if (known != null && Arrays.equals(known, set)) {
            return known;
        }
        sets.setRelease(at, set);
        return set;
    }

    private static boolean isShareable(Object value) {
        return value instanceof String text
                ? text.length() <= LONGEST_TEXT
                : value instanceof Enum || value instanceof Boolean || value instanceof Integer
                        || value instanceof Long;
    }
}
