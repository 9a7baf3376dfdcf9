package dev.sluice.api.testkit;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.api.ConnectDecision;

/** The time at which the filter of a connection is woken, and its calls from other threads. */
final class Wakes {
    private final Chain chain;
    private final AtomicBoolean asked = new AtomicBoolean();
    private long wakeAt = Long.MAX_VALUE;

    Wakes(Chain chain) {
        this.chain = chain;
    }

    void at(long nanoTime) {
        wakeAt = nanoTime;
    }

    Runnable waker() {
        return () -> {
            asked.set(true);
            chain.answered();
        };
    }

    /** Nanoseconds until the filter is woken; {@link Long#MAX_VALUE} = never. */
    long remaining(long now) {
        return wakeAt == Long.MAX_VALUE ? Long.MAX_VALUE : wakeAt - now;
    }

    /** Wakes the filter if it is time. */
    void run(long now) {
        boolean due = remaining(now) <= 0;
        if ((asked.getAndSet(false) || due) && chain.isOpen()) {
            if (due) {
                wakeAt = Long.MAX_VALUE;
            }
            if (chain.calls().onWake() == ConnectDecision.REJECT) {
                chain.rejected();
            }
        }
    }
}
