package dev.sluice.runtime.engine;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.loop.CallbackOwner;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.LoopObserver;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.FlightEvents;
import dev.sluice.runtime.observe.LoopView;
import dev.sluice.runtime.relay.Worker;
import org.jspecify.annotations.Nullable;

/** The events about a server's event loops. On the watchdog's thread. */
final class LoopEvents implements LoopObserver {
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Worker> workers;
    private final Events events;
    private long nextTurn = System.nanoTime() + TURN_NANOS;

    /** @param workers one for each loop */
    LoopEvents(List<Worker> workers) {
        this.workers = List.copyOf(workers);
        this.events = workers.getFirst().journal().events();
    }

    @Override
    public void onSample(long now) {
        if (now - nextTurn < 0) {
            return;
        }
        nextTurn = now + TURN_NANOS;
        FlightEvents.refresh();
        if (FlightEvents.loopTurns()) {
            for (Worker worker : workers) {
                FlightEvents.loopTurn(LoopView.of(worker.loop(), worker.connections(), 1));
            }
        }
    }

    @Override
    public void onStall(EventLoop loop, @Nullable CallbackOwner owner, long nanos, StackTraceElement[] stack) {
        events.stall(loop.index(), owner == null ? null : owner.describe(), nanos, stack);
    }
}
