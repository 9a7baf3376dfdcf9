package dev.sluice.runtime.chain;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.api.Counter;
import dev.sluice.api.FilterEnvironment;

/** Counters that a filter has registered, by name. Thread-safe; counting neither locks nor waits. */
public final class CustomCounters {
    private static final int LONGEST_NAME = 64;

    /** A counter of a plugin, which every loop may call at once. */
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
     * @throws IllegalArgumentException if the name has another form
     * @throws IllegalStateException if the filter has too many counters
     */
    public Counter counter(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a valid counter name: allowed are lower-case words joined by"
                            + " underscores, at most " + LONGEST_NAME + " characters");
        }
        synchronized (this) {
            if (!sums.containsKey(name) && sums.size() == FilterEnvironment.MAX_COUNTERS) {
                throw new IllegalStateException("counter '" + name + "' is one too many: a filter can have "
                        + FilterEnvironment.MAX_COUNTERS);
            }
            return sums.computeIfAbsent(name, Sum::new);
        }
    }

    /**
     * Whether a name consists of words of lower-case letters and digits, joined by single underscores, with a letter
     * first.
     */
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
