package dev.sluice.runtime.observe;

import java.net.SocketAddress;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import org.jspecify.annotations.Nullable;

/**
 * A connection at one moment, as its loop hands it to the journal. Nothing is rendered here: that happens on the access
 * log's own thread.
 *
 * @param event the moment
 * @param wallMillis the time of that moment, in milliseconds since 1970-01-01T00:00Z
 * @param id the connection's id, as in {@link ConnectionView}
 * @param listener the name of the listener that accepted it
 * @param peer the other end of the client's socket
 * @param header the PROXY header; null = none was read
 * @param endpoint the address of the last endpoint tried; null if none was
 * @param cluster the name of the cluster; null if none was chosen
 * @param findings of filters and routes
 * @param bytesUp bytes read from the client so far
 * @param bytesDown bytes read from the endpoint so far
 * @param durationNanos time since accept
 * @param connectNanos time from the first connect call to the established connection; -1 if none was established
 * @param reason the reason of its end; null before
 * @param generation the number of the configuration that accepted it
 */
public record AccessEntry(
        AccessEvent event,
        long wallMillis,
        long id,
        String listener,
        SocketAddress peer,
        @Nullable ProxyHeader header,
        @Nullable String endpoint,
        @Nullable String cluster,
        Findings findings,
        long bytesUp,
        long bytesDown,
        long durationNanos,
        long connectNanos,
        @Nullable CloseReason reason,
        long generation) {

    /** An entry for this moment. */
    public static AccessEntry now(
            AccessEvent event,
            long id,
            String listener,
            SocketAddress peer,
            @Nullable ProxyHeader header,
            @Nullable String endpoint,
            @Nullable String cluster,
            Findings findings,
            long bytesUp,
            long bytesDown,
            long durationNanos,
            long connectNanos,
            @Nullable CloseReason reason,
            long generation) {
        return new AccessEntry(
                event,
                System.currentTimeMillis(),
                id,
                listener,
                peer,
                header,
                endpoint,
                cluster,
                findings,
                bytesUp,
                bytesDown,
                durationNanos,
                connectNanos,
                reason,
                generation);
    }
}
