package dev.sluice.runtime.config.model;

import java.time.Duration;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/**
 * Event loops, transport and shutdown of the process.
 *
 * @param drainTimeout zero = open connections are cut at once
 * @param drainDelay zero = a drain stops accepting at once
 * @param watch the interval of looks at the files; zero = off
 */
public record RuntimeConfig( // @formatter:off
        @ConfigRange(min = "1", max = "1024") @ConfigDefault(RuntimeConfig.EVENT_LOOPS)
        @ConfigDescription("The number of threads that move bytes; a connection stays on one of them. Default: one "
                + "for each "
                + "processor.")
        int eventLoops,
        @ConfigDefault("auto")
        @ConfigDescription("The system interface of the event loops: epoll, nio, or auto for the better one.")
        TransportKind transport,
        @ConfigRange(min = "0s", max = "24h") @ConfigDefault("30s")
        @ConfigDescription("The time that open connections have to finish after TERM before they are cut.")
        Duration drainTimeout,
        @ConfigRange(min = "0s", max = "1h") @ConfigDefault("0s")
        @ConfigDescription("The time after TERM for which connections are still accepted, while /ready says no, so that "
                + "load balancers can learn of it.")
        Duration drainDelay,
        @Syntax(Syntax.Kind.DURATION_OR_OFF) @ConfigRange(min = "100ms", max = "24h") @ConfigDefault("off")
        @ConfigDescription("Reloads when the files of this configuration have changed: how often to look, or off.")
        Duration watch,
        @ConfigDefault("standard")
        @ConfigDescription("Checks of filters: paranoid also revokes the memory that a filter was "
                + "lent, to debug a plugin.")
        FilterChecks filterChecks,
        ConfigPlace place) { // @formatter:on
    /** The default of {@link #eventLoops}, a variable that is computed when a configuration is loaded. */
    public static final String EVENT_LOOPS = "${computed_event_loops}";

    /** The system interface of the event loops. */
    public enum TransportKind {
        /** Epoll where it can be used, NIO elsewhere. */
        AUTO,
        /** Linux, over {@code java.lang.foreign}. */
        EPOLL,
        /** Portable, over {@code java.nio.channels}. */
        NIO
    }

    /** Checks of the use that filters make of borrowed bytes. */
    public enum FilterChecks {
        /** A filter that uses bytes after its callback gets an exception. */
        STANDARD,
        /** The memory itself is revoked too. Costs a copy for each callback: for tests, and to debug a plugin. */
        PARANOID
    }
}
