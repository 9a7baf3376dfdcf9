package dev.sluice.runtime.observe;

import java.util.List;
import java.util.function.ToDoubleFunction;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import static dev.sluice.runtime.observe.Snapshots.counter;
import static dev.sluice.runtime.observe.Snapshots.gauge;
import static dev.sluice.runtime.observe.Snapshots.point;
import static dev.sluice.runtime.observe.Snapshots.value;

/** Metrics of event loops and their memory. Stateless. */
final class LoopSnapshots {
    private LoopSnapshots() {}

    static void add(List<LoopView> loops, MemoryLimits limits, List<MetricSnapshot> all) {
        MemoryView memory = MemoryView.sum(loops);
        all.add(
                gauge("buffers_borrowed", "Read buffers lent to connections now.")
                        .dataPoint(value(memory.buffersBorrowed()))
                        .build());
        all.add(
                gauge("buffers_borrowed_peak",
                        "Most read buffers lent at once since the start, summed over the event loops.")
                        .dataPoint(value(memory.buffersBorrowedPeak())).build());
        all.add(
                counter("buffer_waits", "Waits of a connection's direction for a read buffer.")
                        .dataPoint(point(memory.bufferWaits())).build());
        all.add(
                gauge("stash_bytes", "Unsent bytes kept in the stash for slow receivers now.")
                        .dataPoint(value(memory.stashBytes()))
                        .build());
        PipeView pipes = PipeView.sum(loops);
        all.add(parts("memory_reserved_bytes", "Buffer memory held now, in use or not, by part.", memory.poolReserved(),
                memory.stashReserved(), pipes.reserved()));
        all.add(parts("memory_reserved_peak_bytes",
                "Most buffer memory held at once since the start, by part, summed over the event loops.",
                memory.poolReservedPeak(), memory.stashReservedPeak(), pipes.reservedPeak()));
        all.add(parts("memory_limit_bytes", "Configured bound of the buffer memory, by part.", limits.poolBytes(),
                limits.stashBytes(), limits.pipeBytes()));
        all.add(
                gauge("pipes_borrowed", "Kernel pipes lent to connections now.")
                        .dataPoint(value(pipes.borrowed())).build());
        all.add(
                counter("pipe_bytes", "Bytes that passed through kernel pipes without entering the process.")
                        .dataPoint(point(pipes.movedBytes())).build());
        all.add(
                perLoop(
                        gauge("loop_busy_ratio",
                                "Share of about the last 10 s in which the event loop did not wait for sockets."),
                        loops,
                        LoopView::busyRatio));
        all.add(
                perLoop(
                        gauge("loop_stall_seconds_max",
                                "Longest callback on the event loop since the start, of those above 0.1 s."),
                        loops,
                        LoopView::stallSecondsMax));
        all.add(
                perLoop(
                        gauge("loop_turn_seconds_max",
                                "Longest turn of the event loop, in which its connections waited, of the last one to two minutes."),
                        loops,
                        LoopView::turnSecondsMax));
    }

    /** A gauge with a number for each bounded part of the buffer memory. */
    private static MetricSnapshot parts(String name, String help, long pool, long stash, long pipes) {
        return gauge(name, help).dataPoint(value(pool, Labels.of("part", "pool")))
                .dataPoint(value(stash, Labels.of("part", "stash")))
                .dataPoint(value(pipes, Labels.of("part", "pipes"))).build();
    }

    private static MetricSnapshot perLoop(
            GaugeSnapshot.Builder gauge, List<LoopView> loops, ToDoubleFunction<LoopView> number) {
        for (LoopView loop : loops) {
            gauge.dataPoint(value(number.applyAsDouble(loop), Labels.of("loop", Integer.toString(loop.index()))));
        }
        return gauge.build();
    }
}
