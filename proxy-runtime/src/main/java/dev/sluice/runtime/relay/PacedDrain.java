package dev.sluice.runtime.relay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drain of some connections of one worker, paced by a {@link DrainSchedule}. Looks at all connections twice a second,
 * a few in each turn of the loop, until none is left that it concerns. On the worker's loop.
 */
final class PacedDrain extends Timer {
    private static final Logger LOG = LoggerFactory.getLogger(PacedDrain.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A walk over all connections of a worker. */
    interface Walk {
        /** Has each connection visited, then runs {@code done}; a failure fails {@code answer}. */
        void over(CompletableFuture<?> answer, ConnectionVisitor visitor, Runnable done);
    }

    private final EventLoop loop;
    private final Walk walk;
    private final BooleanSupplier applies;
    private final Predicate<DialledConnection> concerns;
    private final CloseReason reason;
    private final DrainSchedule schedule;
    private long left;

    /**
     * @param applies whether it goes on; asked before each look
     * @param concerns the connections to close; asked at each look
     */
    PacedDrain(EventLoop loop, Walk walk, BooleanSupplier applies, Predicate<DialledConnection> concerns,
            CloseReason reason, DrainSchedule schedule) {
        this.loop = loop;
        this.walk = walk;
        this.applies = applies;
        this.concerns = concerns;
        this.reason = reason;
        this.schedule = schedule;
    }

    /** Begins. */
    void start() {
        if (!applies.getAsBoolean()) {
            return;
        }
        left = 0;
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> _ = ended.whenComplete((done, failure) -> {
            if (failure != null) {
                onExpiryFailed(failure);
            } else if (left > 0) {
                loop.timers().arm(this, loop.now() + PAUSE_NANOS);
            }
        });
        walk.over(ended, this::look, () -> ended.complete(true));
    }

    private int look(DialledConnection connection) {
        if (concerns.test(connection)) {
            // One that is still connecting may reach another endpoint, or is looked at again when it has reached this one.
            if (!connection.isDialling() && schedule.isDue(connection.id(), connection.lastActivity(), loop.now())) {
                connection.close(reason);
                return ConnectionVisitor.END;
            }
            left++;
        }
        return ConnectionVisitor.LOOK;
    }

    @Override
    protected void onExpiry(long now) {
        start();
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        LOG.error("A drain of connections failed, and those that are left stay open. Please report this.", failure);
    }
}
