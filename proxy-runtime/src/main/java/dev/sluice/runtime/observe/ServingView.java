package dev.sluice.runtime.observe;

import java.time.Instant;

/**
 * The server as a whole, and the configuration that it serves now, as admin shows them.
 *
 * @param generation the number of the configuration
 * @param since the time at which it began to serve
 * @param source the file that it was read from, or {@code configuration} for a text
 * @param uptimeNanos time since the server was opened
 * @param active open connections of the process
 * @param maxConnections the most at one time; 0 = no limit
 */
public record ServingView(long generation, Instant since, String source, long uptimeNanos, int active,
        int maxConnections) {}
