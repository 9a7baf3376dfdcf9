package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A configuration generation that is alive, as admin shows it.
 *
 * @param number the number; the first one of a server is 1
 * @param serving whether new connections get it
 * @param since the time at which it began to serve
 * @param source the file that it was read from, or {@code configuration} for a text
 * @param sha256 the hash of all that was read, in hexadecimal digits
 * @param listeners its listeners, in the order of its configuration
 * @param connections open connections that keep it alive
 * @param oldestConnection the id of the oldest of them; empty = there is none, or the loops have not said so in time
 * @param oldestAgeNanos the age of that connection; 0 without one
 * @param openFilters filters that are closed with it
 */
public record GenerationView(long number, boolean serving, Instant since, String source, String sha256,
        List<ListenerUse> listeners, long connections, OptionalLong oldestConnection, long oldestAgeNanos,
        int openFilters) {
    public GenerationView {
        listeners = List.copyOf(listeners);
    }
}
