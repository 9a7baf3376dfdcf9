package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Watchdog;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of a server, the worker of each, and their watchdog. Any thread but a loop's own, except that
 * {@link #open}, {@link #start} and {@link #stop} belong to the owner's thread.
 *
 * <p>A query is sent to all loops before the first answer is awaited, and one deadline holds for all answers: however
 * many loops hang, a query is delayed by the caller's patience at most.
 */
final class EventLoops {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    /**
     * A query that has been sent to a loop.
     *
     * @param answer completed by the loop
     */
    record Query<T>(EventLoop loop, CompletableFuture<T> answer) {}

    private final List<Worker> workers = new ArrayList<>();
    private final Watchdog watchdog;
    /** Completed when no loop will answer. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean turning;

    /** A factory of workers. */
    interface Workers {
        Worker on(EventLoop loop);
    }

    private EventLoops(List<Worker> workers) {
        this.workers.addAll(workers);
        this.watchdog = new Watchdog("sluice-watchdog", workers.stream().map(Worker::loop).toList(),
                new LoopEvents(workers));
    }

    /**
     * Opens loops that do not turn yet.
     *
     * @param onDeath run when a loop has died by a defect or because memory ran out
     * @throws TransportException when the system lacks resources for all of them; none is left open
     */
    static EventLoops open(int count, Transport transport, BufferPool pool, Workers workers, Runnable onDeath)
            throws TransportException {
        List<Worker> opened = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                EventLoop loop = new EventLoop(i, "sluice-loop-" + i, transport.openPoller(), pool.share(i), onDeath);
                opened.add(workers.on(loop));
            }
            return new EventLoops(opened);
        } catch (TransportException | RuntimeException | Error e) {
            opened.forEach(worker -> worker.loop().stop());
            throw e;
        }
    }

    /** The workers, by the index of their loops. */
    List<Worker> workers() {
        return workers;
    }

    /** Whether loops may be using the sockets registered with them, so that only they may close them. */
    boolean turning() {
        return turning;
    }

    void start() {
        turning = true;
        watchdog.start();
        workers.forEach(worker -> worker.loop().start());
    }

    /**
     * Ends all loops. Open queries are given up.
     *
     * @return whether all of them have ended; a loop that has not may still use its memory
     */
    boolean stop() {
        boolean all = true;
        for (Worker worker : workers) {
            all &= worker.loop().stop();
        }
        turning = false;
        ended.complete(null);
        watchdog.stop();
        return all;
    }

    /** Ends connections that a drain need not wait for. */
    void drain(Duration patience) {
        queryAll(workers, Worker::loop, worker -> {
            worker.drain();
            return true;
        }, patience);
    }

    /**
     * Waits until everything that had been handed from one loop to another has arrived: what an acceptor passes to a
     * worker is in that worker's mailbox when the acceptor's loop has taken its next task.
     */
    void passBarrier(Duration patience) {
        queryAll(workers, Worker::loop, worker -> true, patience);
        queryAll(workers, Worker::loop, worker -> true, patience);
    }

    /** Cuts all connections. @return their number */
    int closeRelays(CloseReason reason, Duration patience) {
        // Connections that acceptors handed over before they were closed are in the mailbox ahead of this.
        return queryAll(workers, Worker::loop, worker -> worker.closeAll(reason), patience).stream()
                .mapToInt(Integer::intValue).sum();
    }

    /**
     * Sends a query about each of several objects to their loops.
     *
     * @param patience for all answers together
     * @return the answers that came, in the order of the objects
     * @throws RuntimeException of the first object whose query failed
     */
    <S, T> List<T> queryAll(Collection<S> things, Function<S, EventLoop> loopOf, Function<S, T> query,
            Duration patience) {
        List<Query<T>> queries = new ArrayList<>();
        for (S thing : things) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            EventLoop loop = loopOf.apply(thing);
            loop.execute(() -> {
                try {
                    answer.complete(query.apply(thing));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            queries.add(new Query<>(loop, answer));
        }
        return collect(queries, patience);
    }

    /** Waits for the answers to queries; like {@link #queryAll}. */
    <T> List<T> collect(List<Query<T>> queries, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<T> answers = new ArrayList<>();
        for (Query<T> each : queries) {
            if (!await(each.answer, deadline)) {
                LOG.warn("Event loop {} did not answer within {} ms.", each.loop.index(),
                        patience.toMillis());
            } else if (each.answer.isDone()) {
                answers.add(each.answer.join());
            }
        }
        return answers;
    }

    /**
     * Waits for an answer, its failure, or the end of all loops. An interrupt meanwhile is kept for the caller.
     *
     * @param deadline by {@link System#nanoTime}
     * @return false if none of them came in time
     */
    boolean await(CompletableFuture<?> answer, long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    CompletableFuture.anyOf(answer, ended).get(Math.max(0, deadline - System.nanoTime()),
                            TimeUnit.NANOSECONDS);
                    return true;
                } catch (TimeoutException e) {
                    return false;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
