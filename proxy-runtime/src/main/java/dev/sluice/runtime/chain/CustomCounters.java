package dev.sluice.runtime.chain;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.api.Counter;
import dev.sluice.api.FilterEnvironment;

/** Counters that a filter has registered, by name. Thread-safe; counting neither locks nor waits. */
public final class CustomCounters {
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
     * @throws IllegalArgumentException if {@link Counter#requireName} refuses the name
     * @throws IllegalStateException if there are too many counters
     */
    public Counter counter(String name) {
        Counter.requireName(name);
        synchronized (this) {
            if (!sums.containsKey(name) && sums.size() == FilterEnvironment.MAX_COUNTERS) {
                throw new IllegalStateException("counter '" + name + "' is one too many: a filter can have "
                        + FilterEnvironment.MAX_COUNTERS);
            }
            return sums.computeIfAbsent(name, Sum::new);
        }
    }

    /** The values now, by name, in alphabetical order. */
    public Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        sums.forEach((name, sum) -> values.put(name, sum.adder.sum()));
        return values;
    }
}
