package dev.sluice.runtime;

import java.util.List;
import java.util.Map;

import dev.sluice.api.CloseReason;

/**
 * What a server has done and is doing. Each figure is exact; together they are not of one instant.
 *
 * @param connectionsActive open now
 * @param connectionsTotal accepted since the start
 * @param acceptErrors accepts that the system refused
 * @param closed connections that have ended, by reason; all reasons are there
 * @param bytesUp read from clients
 * @param bytesDown read from endpoints
 * @param buffersBorrowed read buffers lent now; 0 when no byte is moving
 * @param buffersBorrowedPeak the most that each loop ever lent at one time, added up
 * @param bufferWaits how often a connection found no memory and had to wait
 * @param stashBytes kept for receivers that are slower than their senders, now
 * @param pipesBorrowed pipes of the kernel lent now; 0 when no byte is moving
 * @param pipeBytes bytes that went through pipes of the kernel and never entered the process
 * @param connectionsByLoop open now, for each event loop
 * @param memoryBytes direct memory held from the JVM now, for pool and stash together
 * @param pool memory for read buffers, lent or not
 * @param stash memory for what is kept for slow receivers, used or not
 * @param pipes what the open pipes of the kernel may hold; outside the process, in the kernel's memory
 */
public record ServerStats(int connectionsActive, long connectionsTotal, long acceptErrors,
        Map<CloseReason, Long> closed, long bytesUp, long bytesDown, long buffersBorrowed,
        long buffersBorrowedPeak, long bufferWaits, long stashBytes, long pipesBorrowed, long pipeBytes,
        List<Integer> connectionsByLoop,
        long memoryBytes, Memory pool, Memory stash, Memory pipes) {
    /**
     * A bounded part of the memory that moves bytes.
     *
     * @param bytes held now
     * @param peak the most that each loop ever held at one time, added up
     * @param limit the bound of the configuration
     */
    public record Memory(long bytes, long peak, long limit) {}
}
