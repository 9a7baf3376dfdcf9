package dev.sluice.runtime.observe;

import java.net.SocketAddress;

import dev.sluice.api.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * A closed connection, as its loop hands it to the access log. Nothing is rendered here: that happens on the log's own
 * thread.
 *
 * @param endWallMillis the time of its end, in milliseconds since 1970-01-01T00:00Z
 * @param id the connection's id, as in {@link ConnectionView}
 * @param listener the name of the listener that accepted it
 * @param client the address of the client
 * @param endpoint the address of the last endpoint tried; null if none was
 * @param cluster the name of the cluster; null if none was chosen
 * @param findings of filters and routes
 * @param bytesUp bytes read from the client
 * @param bytesDown bytes read from the endpoint
 * @param durationNanos time from accept to the end
 * @param connectNanos time from the first connect call to the established connection; -1 if none was established
 * @param reason the reason of its end
 */
public record AccessEntry(
        long endWallMillis,
        long id,
        String listener,
        SocketAddress client,
        @Nullable String endpoint,
        @Nullable String cluster,
        Findings findings,
        long bytesUp,
        long bytesDown,
        long durationNanos,
        long connectNanos,
        CloseReason reason) {

    /** An entry for a connection that ends now. */
    public static AccessEntry ended(
            long id,
            String listener,
            SocketAddress client,
            @Nullable String endpoint,
            @Nullable String cluster,
            Findings findings,
            long bytesUp,
            long bytesDown,
            long durationNanos,
            long connectNanos,
            CloseReason reason) {
        return new AccessEntry(
                System.currentTimeMillis(),
                id,
                listener,
                client,
                endpoint,
                cluster,
                findings,
                bytesUp,
                bytesDown,
                durationNanos,
                connectNanos,
                reason);
    }
}
