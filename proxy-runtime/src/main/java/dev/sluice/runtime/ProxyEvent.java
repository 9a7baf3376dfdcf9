package dev.sluice.runtime;

import java.time.Instant;

/**
 * A record of a running server, for a listener that {@link ProxyServer.Builder#events} was given. Immutable. The set of
 * kinds may grow.
 */
public sealed interface ProxyEvent permits ConnectionEvent, ServerEvent {
    /** {@return the time of the event} */
    Instant time();
}
