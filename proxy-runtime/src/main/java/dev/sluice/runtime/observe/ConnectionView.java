package dev.sluice.runtime.observe;

import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * An open connection, as admin shows it.
 *
 * @param id unique for the life of the server, ascending with the time of accept
 * @param listener the name of the listener that accepted it
 * @param generation the number of the newest configuration generation with the settings and filters that it has
 * @param client the address of the client
 * @param peer the other end of its socket: the client itself, or a load balancer before the proxy
 * @param endpoint the address of the endpoint; null until one is chosen
 * @param cluster the name of the cluster; null until one is chosen
 * @param findings of filters and routes
 * @param state the state of the relay
 * @param clientBlockedBy reasons for which the client is not read now, as bits of {@link ReadBlock}; 0 = it is read
 * @param upstreamBlockedBy the same for the endpoint
 * @param ageNanos time since it was accepted
 * @param idleNanos time since the last byte moved
 * @param bytesUp bytes read from the client
 * @param bytesDown bytes read from the endpoint
 * @param owned the memory that it owns now; nothing for an idle connection
 * @param clientPath the kernel's measurements of the path to the client; null = none
 * @param upstreamPath the same for the path to the endpoint
 * @param clientQueues the kernel's queues of the socket to the client; null = not known
 * @param upstreamQueues the same to the endpoint
 */
public record ConnectionView(
        long id,
        String listener,
        long generation,
        String client,
        String peer,
        @Nullable String endpoint,
        @Nullable String cluster,
        Findings findings,
        String state,
        int clientBlockedBy,
        int upstreamBlockedBy,
        long ageNanos,
        long idleNanos,
        long bytesUp,
        long bytesDown,
        OwnedView owned,
        @Nullable TcpInfo clientPath,
        @Nullable TcpInfo upstreamPath,
        @Nullable SocketQueues clientQueues,
        @Nullable SocketQueues upstreamQueues) {
    /** Size of the buffers, stash cells and pipes that it owns now. */
    public long bufferBytesOwned() {
        return owned.sum();
    }
}
