package dev.sluice.runtime.config.model;

import java.time.Duration;

/**
 * What the process is made of.
 *
 * @param eventLoops at least 1; the default is the number of processors
 * @param drainTimeout how long a drain waits before it cuts what is left; zero = at once
 * @param filterChecks how closely filters are watched
 */
public record RuntimeConfig(int eventLoops, TransportKind transport, Duration drainTimeout,
        FilterChecks filterChecks) {}
