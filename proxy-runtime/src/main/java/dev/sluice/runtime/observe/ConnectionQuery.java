package dev.sluice.runtime.observe;

import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import org.jspecify.annotations.Nullable;

/**
 * A query for open connections.
 *
 * @param where the condition that they meet
 * @param rank the number by which the greatest come first; null = by ascending id
 * @param after only connections with a greater id; 0 with a rank
 * @param limit the most that are wanted, at least 1
 */
public record ConnectionQuery(Selection where, @Nullable Fact rank, long after, int limit) {
    /** A page of all connections by their ids. */
    public static ConnectionQuery page(long after, int limit) {
        return new ConnectionQuery(Selection.ALL, null, after, limit);
    }
}
