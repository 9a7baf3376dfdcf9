package dev.sluice.filters.ratelimit;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The use that has been made of limits: buckets, open connections, and the rules in force for them. Factories of one
 * filter share it over reloads. There is one set of rules at a time, the newest that a connection has met: what
 * connections share cannot have two rates. Thread-safe.
 */
final class Usage {
    private final @Nullable SourceTable sources;
    private final long[] listenerCells;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<Rules> rules;
    private final AtomicInteger users = new AtomicInteger(1);

    /** A use of nothing yet, with one user. */
    Usage(Rules rules, int tableSize, FilterEnvironment environment) {
        this.rules = new AtomicReference<>(rules);
        int cellsPerSource = rules.cells(Scope.SOURCE);
        sources = cellsPerSource > 0 || rules.maxOfSource() < Integer.MAX_VALUE
                ? table(tableSize, cellsPerSource, environment)
                : null;
        listenerCells = new long[rules.cells(Scope.LISTENER)];
        Arrays.fill(listenerCells, environment.nanoTime());
    }

    private static SourceTable table(int size, int cells, FilterEnvironment environment) {
        TableMemory memory = TableMemory.OF_HEAP;
        long needed = SourceTable.bytes(size, cells);
        if (size > RateLimitConfig.DEFAULT_TABLE && needed > memory.most()) {
            throw new ConfigException("tableSize",
                    "a table of %d sources may need %d MiB, but all tables of sources may take %d MiB, a quarter of the heap"
                            .formatted(size, needed >> 20, memory.most() >> 20),
                    "here at most %d; more with a larger heap (-Xmx)"
                            .formatted(SourceTable.sourcesIn(memory.most(), cells)),
                    null);
        }
        return new SourceTable(size, cells, environment::nanoTime, memory);
    }

    /** Adds a user, while there is one. */
    Usage share() {
        users.incrementAndGet();
        return this;
    }

    /** Ends the use by one user; after the last one, its memory is given back. */
    void leave() {
        if (users.decrementAndGet() == 0 && sources != null) {
            sources.close();
        }
    }

    /** The sources; null = none is remembered. */
    @Nullable
    SourceTable sources() {
        return sources;
    }

    /** The buckets of the listener. */
    long[] listenerCells() {
        return listenerCells;
    }

    /** The number of open connections; counted if that is limited. */
    AtomicInteger open() {
        return open;
    }

    /** The rules in force. */
    Rules rules() {
        return Objects.requireNonNull(rules.get());
    }

    /** Puts rules into force, unless newer ones are. Never back: a connection of a former configuration may come late. */
    void enforce(Rules own, FilterEnvironment environment) {
        for (Rules now = rules(); own.areNewerThan(now); now = rules()) {
            if (rules.compareAndSet(now, own.inPlaceOf(now, environment.nanoTime()))) {
                return;
            }
        }
    }

    /** The rules that {@link #enforce} would leave in force. */
    Rules inForceWith(Rules own, FilterEnvironment environment) {
        Rules now = rules();
        return own.areNewerThan(now) ? own.inPlaceOf(now, environment.nanoTime()) : now;
    }
}
