package dev.sluice.runtime.chain;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.api.Counter;
import dev.sluice.api.FilterEnvironment;

/** Counters that a filter has asked for, by name. Thread-safe; counting neither locks nor waits. */
public final class CustomCounters {
    private static final int LONGEST_NAME = 64;

    /** A counter of a plugin, which may be called from every loop at once. */
    private static final class Sum implements Counter {
        private final String name;
        private final LongAdder adder = new LongAdder();

        Sum(String name) {
            this.name = name;
        }

        @Override
        public void add(long count) {
            if (count < 0) {
                throw new IllegalArgumentException("counter '" + name + "' cannot go down: " + count);
            }
            adder.add(count);
        }
    }

    private final ConcurrentSkipListMap<String, Sum> sums = new ConcurrentSkipListMap<>();

    /**
     * The counter of a name; see {@link FilterEnvironment#counter}.
     *
     * @throws IllegalArgumentException if it is no such name
     * @throws IllegalStateException if there are too many others
     */
    public Counter counter(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a counter: lower case, words joined by"
                    + " underscores, at most " + LONGEST_NAME + " characters");
        }
        synchronized (this) {
            if (!sums.containsKey(name) && sums.size() == FilterEnvironment.MAX_COUNTERS) {
                throw new IllegalStateException("counter '" + name + "' would be number "
                        + (FilterEnvironment.MAX_COUNTERS + 1) + "; a filter can have "
                        + FilterEnvironment.MAX_COUNTERS);
            }
            return sums.computeIfAbsent(name, Sum::new);
        }
    }

    /** Words of lower-case letters and digits, joined by single underscores, the first character a letter. */
    private static boolean isName(String name) {
        boolean wordEnds = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !(i > 0 && digit) && !(wordEnds && c == '_')) {
                return false;
            }
            wordEnds = letter || digit;
        }
        return wordEnds && name.length() <= LONGEST_NAME;
    }

    /** The values now, by name, in alphabetical order. */
    public Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        sums.forEach((name, sum) -> values.put(name, sum.adder.sum()));
        return values;
    }
}
