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
 * The event loops of a server, the worker of each, and their watchdog. Any thread but a loop's own, except that {@link #open}, {@link #start} and
 * {@link #stop} belong to the owner's.
 *
 * <p>A question is put to all loops before the first answer is awaited, and one deadline holds for all answers: a loop that hangs delays a question
 * by the patience of who asks, however many loops hang.
 */
final class EventLoops {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    /**
     * A question that has been put to a loop.
     *
     * @param answer completed by the loop
     */
    record Asked<T>(EventLoop loop, CompletableFuture<T> answer) {}

    private final List<Worker> workers = new ArrayList<>();
    private final Watchdog watchdog;
    /** Completed when no loop will answer any more. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean turning;

    /** Makes the worker of a loop. */
    interface Workers {
        Worker on(EventLoop loop);
    }

    private EventLoops(List<Worker> workers) {
        this.workers.addAll(workers);
        this.watchdog = new Watchdog("sluice-watchdog", workers.stream().map(Worker::loop).toList());
    }

    /**
     * Opens loops that do not turn yet.
     *
     * @param onDeath run when a loop has died by a defect or for want of memory
     * @throws TransportException when the system has not enough for all of them; none is left open
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

    /** The loop that a thing with this number lives on; things are dealt out in turn. */
    EventLoop byTurn(int number) {
        return workers.get(number % workers.size()).loop();
    }

    /** Whether loops may be using what is registered with them, so that only they may close it. */
    boolean turning() {
        return turning;
    }

    void start() {
        turning = true;
        watchdog.start();
        workers.forEach(worker -> worker.loop().start());
    }

    /**
     * Ends all loops. Questions that are still open are given up.
     *
     * @return whether all of them have ended; one that did not may still use its memory
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

    /** Ends what a drain need not wait for. */
    void drain(Duration patience) {
        askAll(workers, Worker::loop, worker -> {
            worker.drain();
            return true;
        }, patience);
    }

    /** Cuts all connections. @return how many there were */
    int closeRelays(CloseReason reason, Duration patience) {
        // What acceptors handed over before they were closed is in the mailbox ahead of this.
        return askAll(workers, Worker::loop, worker -> worker.closeAll(reason), patience).stream()
                .mapToInt(Integer::intValue).sum();
    }

    /**
     * Puts a question about each of several things to the loops that they live on.
     *
     * @param patience for all answers together
     * @return the answers that came, in the order of the things
     * @throws RuntimeException of the first thing whose question failed
     */
    <S, T> List<T> askAll(Collection<S> things, Function<S, EventLoop> loopOf, Function<S, T> question,
            Duration patience) {
        List<Asked<T>> asked = new ArrayList<>();
        for (S thing : things) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            EventLoop loop = loopOf.apply(thing);
            loop.execute(() -> {
                try {
                    answer.complete(question.apply(thing));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            asked.add(new Asked<>(loop, answer));
        }
        return collect(asked, patience);
    }

    /** Waits for the answers to questions; as {@link #askAll}. */
    <T> List<T> collect(List<Asked<T>> asked, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<T> answers = new ArrayList<>();
        for (Asked<T> each : asked) {
            if (!isAnswered(each.answer, deadline)) {
                LOG.warn("Event loop {} did not answer within {} ms.", each.loop.index(),
                        patience.toMillis());
            } else if (each.answer.isDone()) {
                answers.add(each.answer.join());
            }
        }
        return answers;
    }

    /**
     * Waits for the answer, its failure, or the end of all loops. An interrupt meanwhile is kept for the caller.
     *
     * @return false if none of them came in time
     */
    private boolean isAnswered(CompletableFuture<?> answer, long deadline) {
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
