package dev.sluice.runtime.relay;

import dev.sluice.runtime.selection.Fact;

/**
 * A connection that a search has found, and may have ended since. Any thread; the connection itself belongs to its loop.
 */
public final class RankedConnection {
    private final DialledConnection connection;
    private final long key;

    /** @param key the number that it is ranked by, at the time of the search; see {@link Fact#isRank} */
    RankedConnection(DialledConnection connection, long key) {
        this.connection = connection;
        this.key = key;
    }

    DialledConnection connection() {
        return connection;
    }

    /** The number that it is ranked by. */
    public long key() {
        return key;
    }

    /** Its id. */
    public long id() {
        return connection.id();
    }
}
