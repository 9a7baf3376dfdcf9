package dev.sluice.filters.ratelimit;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.FilterEnvironment;
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

    Usage(Rules rules, int tableSize, FilterEnvironment environment) {
        this.rules = new AtomicReference<>(rules);
        int cellsPerSource = rules.cells(Scope.SOURCE);
        sources = cellsPerSource > 0 || rules.maxOfSource() < Integer.MAX_VALUE
                ? new SourceTable(tableSize, cellsPerSource, environment::nanoTime)
                : null;
        listenerCells = new long[rules.cells(Scope.LISTENER)];
        Arrays.fill(listenerCells, environment.nanoTime());
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
}
