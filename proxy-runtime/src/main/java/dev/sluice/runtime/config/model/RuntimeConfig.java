package dev.sluice.runtime.config.model;

import java.time.Duration;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/**
 * The event loops of the process, and its end.
 *
 * @param drainTimeout zero = what is left is cut at once
 */
public record RuntimeConfig( // @formatter:off
        @ConfigRange(min = "1", max = "1024") @ConfigDefault(RuntimeConfig.EVENT_LOOPS)
        @ConfigDescription("Number of threads that move bytes; a connection stays on one of them. Default: one for "
                + "each processor.")
        int eventLoops,
        @ConfigDefault("auto") @ConfigDescription("Interface of the event loops to the operating system.")
        TransportKind transport,
        @ConfigRange(min = "0s", max = "24h") @ConfigDefault("30s")
        @ConfigDescription("Time for open connections to end after TERM, before they are cut.")
        Duration drainTimeout,
        @ConfigDefault("standard")
        @ConfigDescription("Checks of filters: paranoid also revokes the memory that a filter was "
                + "lent, for looking into a plugin.")
        FilterChecks filterChecks,
        ConfigPlace place) { // @formatter:on
    /** The default of {@link #eventLoops}, a variable that is computed when a configuration is loaded. */
    public static final String EVENT_LOOPS = "${computed_event_loops}";

    /** The interface between the loops and the operating system. */
    public enum TransportKind {
        /** Epoll where it can be used, NIO elsewhere. */
        AUTO,
        /** Linux, over {@code java.lang.foreign}. */
        EPOLL,
        /** Portable, over {@code java.nio.channels}. */
        NIO
    }

    /** The guard on what filters do with the bytes that they see. */
    public enum FilterChecks {
        /** A filter that uses bytes after its callback gets an exception. */
        STANDARD,
        /** The memory itself is revoked, too. Costs a copy for each callback: for tests and for looking into a plugin. */
        PARANOID
    }
}
