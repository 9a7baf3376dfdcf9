package dev.sluice.runtime;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;

import dev.sluice.api.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * The start or the end of a connection. It starts when an endpoint is connected; one that never came so far has an end
 * only.
 *
 * @param time of the start or the end
 * @param id unique for the life of the server
 * @param listener the name of the listener
 * @param peer the other end of the client's socket
 * @param cluster null if none was chosen
 * @param endpoint the address of the endpoint; null if none was tried
 * @param route null if none was taken
 * @param protocol as a filter has recognised it; null = not known
 * @param sni the name that the client asked for; null = not known
 * @param filter the name of the filter that has ended it; null = none has
 * @param detail the reason that a filter gave, or for which no endpoint was reached; null = none
 * @param bytesUp bytes read from the client
 * @param bytesDown bytes read from the endpoint
 * @param duration since the accept
 * @param reason of the end; null = it has started
 * @param generation the newest configuration with its settings
 */
public record ConnectionEvent(Instant time, long id, String listener, SocketAddress peer, @Nullable String cluster,
        @Nullable String endpoint, @Nullable String route, @Nullable String protocol, @Nullable String sni,
        @Nullable String filter, @Nullable String detail, long bytesUp, long bytesDown, Duration duration,
        @Nullable CloseReason reason, long generation) implements ProxyEvent {
    /** {@return whether this is its end} */
    public boolean isEnd() {
        return reason != null;
    }
}
