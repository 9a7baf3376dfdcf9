package dev.sluice.runtime;

import java.util.List;
import java.util.Map;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.runtime.observe.ListenerTotals;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.observe.MemoryLimits;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.PipeView;
import dev.sluice.runtime.observe.ProxyView;

/**
 * The figures of a server. Each is exact; together they are not of one instant. Sizes are in bytes.
 *
 * @param connectionsActive connections that are open now
 * @param connectionsTotal connections accepted since the start
 * @param acceptErrors accepts that the operating system refused
 * @param closed connections that have ended, by reason; every reason is present
 * @param bytesUp bytes read from clients
 * @param bytesDown bytes read from endpoints
 * @param buffersBorrowed read buffers lent now; 0 when no byte is moving
 * @param buffersBorrowedPeak the most read buffers that each loop ever lent at one time, added up
 * @param bufferWaits how often a connection found no memory and had to wait
 * @param stashBytes bytes held now for receivers that are slower than their senders
 * @param pipesBorrowed kernel pipes lent now; 0 when no byte is moving
 * @param pipeBytes bytes that went through kernel pipes and never entered the process
 * @param connectionsByLoop connections that are open now, for each event loop
 * @param memoryBytes direct memory held from the JVM now, for pool and stash together
 * @param pool memory for read buffers, lent or not
 * @param stash memory for bytes held for slow receivers, used or not
 * @param pipes capacity of the open kernel pipes; outside the process, in the kernel's memory
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

    static ServerStats of(ProxyView view, int active, long memoryBytes) {
        ListenerTotals totals = view.totals();
        List<LoopView> loops = view.loops();
        MemoryView memory = MemoryView.sum(loops);
        PipeView pipes = PipeView.sum(loops);
        MemoryLimits limits = view.memoryLimits();
        return new ServerStats(active, totals.accepted(), totals.acceptErrors(), totals.closed(),
                totals.bytes().getOrDefault(Direction.CLIENT_TO_UPSTREAM, 0L),
                totals.bytes().getOrDefault(Direction.UPSTREAM_TO_CLIENT, 0L),
                memory.buffersBorrowed(), memory.buffersBorrowedPeak(), memory.bufferWaits(), memory.stashBytes(),
                pipes.borrowed(), pipes.movedBytes(), loops.stream().map(loop -> (int) loop.connections()).toList(),
                memoryBytes, new Memory(memory.poolReserved(), memory.poolReservedPeak(), limits.poolBytes()),
                new Memory(memory.stashReserved(), memory.stashReservedPeak(), limits.stashBytes()),
                new Memory(pipes.reserved(), pipes.reservedPeak(), limits.pipeBytes()));
    }
}
