package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.wiring.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The generations of a server that are alive: the one that serves, and older ones that still have connections. Any thread but an event loop's.
 *
 * <pre>
 *   publish           publish of the next        last connection ended
 *   ────────▶ SERVING ───────────────────▶ RETIRED ───────────────────▶ closed, by the executor
 * </pre>
 */
final class Generations {
    private final Executor closer;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Generation> alive = new ArrayList<>();
    private volatile @Nullable Generation serving;

    /** @param closer runs the closing of filters, which must not run on an event loop */
    Generations(Executor closer) {
        this.closer = closer;
    }

    /**
     * Applies the limits of a generation and makes it the serving one; states that it does not name and no connection
     * needs are removed. The generation before is closed after its last connection; the caller has made sure that it
     * gets no further one. On the thread that builds generations.
     */
    void publish(Generation next) {
        Generation before;
        lock.lock();
        try {
            before = serving;
            alive.add(next);
            next.applyLimits();
            serving = next;
            // Here, because the publishing thread is also the building one: no state is removed that a generation under
            // construction has taken.
            next.running().prune(next.configuration());
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.connections().retire(() -> closer.execute(() -> close(before)));
        }
    }

    /** The generation of new connections. */
    Generation serving() {
        Generation now = serving;
        if (now == null) {
            throw new IllegalStateException("no generation was published");
        }
        return now;
    }

    /** The generations that have not been closed, oldest first. */
    List<Generation> alive() {
        lock.lock();
        try {
            return List.copyOf(alive);
        } finally {
            lock.unlock();
        }
    }

    /** Closes all generations. After the last connection, and not on an event loop. */
    void close() {
        alive().forEach(this::close);
    }

    private void close(Generation generation) {
        lock.lock();
        try {
            if (!alive.remove(generation)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        generation.close();
    }
}
