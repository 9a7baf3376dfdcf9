package dev.sluice.runtime.engine;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.Serving;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets of a server, by the names of their listeners. Changed by one thread at a time; the views are for
 * any thread.
 */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /**
     * A listening socket in use.
     *
     * @param config the listener that has it
     */
    record Open(Acceptor acceptor, ListenerConfig config) {
        SocketAddress bound() {
            return acceptor.socket().address();
        }
    }

    private final EventLoops loops;
    private final Acceptors acceptors;
    /** The time for a socket to take in its backlog when its address is needed. */
    private static final Duration CLOSING_PATIENCE = Duration.ofMillis(500);

    /** In the order of the configuration; replaced, never changed. */
    private volatile Map<String, Open> running = Map.of();
    /** Acceptors of removed listeners that still take connections from their backlogs. */
    private final Map<Acceptor, CompletableFuture<Void>> finishing = new ConcurrentHashMap<>();

    /** A factory of acceptors. */
    interface Acceptors {
        Acceptor of(EventLoop loop, ServerSocket socket, Serving serving);
    }

    Listeners(EventLoops loops, Acceptors acceptors) {
        this.loops = loops;
        this.acceptors = acceptors;
    }

    /** The sockets in use, by the names of their listeners, in the order of the configuration. */
    Map<String, Open> running() {
        return running;
    }

    /** Puts other sockets in use. */
    void replaceBy(Map<String, Open> next) {
        running = Collections.unmodifiableMap(new LinkedHashMap<>(next));
    }

    /** An acceptor for a socket that is bound, on the loop with the fewest acceptors. */
    Acceptor acceptor(ServerSocket socket, Serving serving, Collection<Open> others) {
        EventLoop least = loops.workers().stream().map(Worker::loop)
                .min(Comparator.comparingLong(loop -> others.stream()
                        .filter(open -> open.acceptor().loop().equals(loop)).count()))
                .orElseThrow();
        return acceptors.of(least, socket, serving);
    }

    /**
     * Starts accepting on all of them.
     *
     * @throws EngineException when the system refuses; some may be accepting then, and all are to be closed
     */
    void start(Duration patience) {
        register(running.values().stream().map(Open::acceptor).toList(), patience);
        running.values().forEach(open -> open.acceptor().loop().execute(open.acceptor()::open));
    }

    /**
     * Registers acceptors with the pollers of their loops; they do not accept yet.
     *
     * @throws EngineException when the system refuses one, or a loop does not answer; all are to be closed then
     */
    void register(List<Acceptor> prepared, Duration patience) {
        int registered = loops.queryAll(prepared, Acceptor::loop, acceptor -> {
            try {
                acceptor.prepare();
                return true;
            } catch (TransportException e) {
                throw new EngineException(
                        "listener " + acceptor.serving().listener().name() + ": cannot accept on "
                                + AddressText.of(acceptor.socket().address()) + ": " + e.getMessage(),
                        e);
            }
        }, patience).size();
        if (registered < prepared.size()) {
            throw new EngineException("an event loop did not answer within " + patience.toMillis()
                    + " ms, so that not every listener can be opened; the log names the loop");
        }
    }

    /** Switches {@link ServerSocket#shared} of a socket on or off, on its loop. */
    void share(Acceptor acceptor, boolean share, Duration patience) throws TransportException {
        List<Optional<TransportException>> answers = loops.queryAll(List.of(acceptor), Acceptor::loop, each -> {
            try {
                each.socket().shared(share);
                return Optional.empty();
            } catch (TransportException e) {
                return Optional.of(e);
            }
        }, patience);
        if (answers.isEmpty()) {
            throw new TransportException(TransportException.Kind.OTHER, "its event loop did not answer");
        }
        if (answers.getFirst().isPresent()) {
            throw answers.getFirst().get();
        }
    }

    /** The addresses that they are bound to, by the names of their listeners. */
    Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new LinkedHashMap<>();
        running.forEach((name, open) -> addresses.put(name, open.bound()));
        return addresses;
    }

    /**
     * Takes in what waits in the backlog of a socket that is no longer in use, as far as limits allow, and closes it.
     *
     * @param deadline by {@link System#nanoTime}
     * @return completed when it is closed
     */
    CompletableFuture<Void> finish(Acceptor acceptor, long deadline) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        finishing.put(acceptor, closed);
        acceptor.loop().execute(() -> {
            try {
                acceptor.finish(deadline, () -> {
                    finishing.remove(acceptor);
                    closed.complete(null);
                });
            } catch (RuntimeException | Error e) {
                LOG.error("A listener could not be finished. Please report this.", e);
                acceptor.close();
                closed.complete(null);
            }
        });
        return closed;
    }

    /**
     * Waits for sockets that are being closed and have the port or the path of an address, a moment at most: one that
     * waits for room then is closed as it is, because a listener needs its address.
     *
     * @return whether there was any
     */
    boolean awaitClosed(SocketAddress address) {
        Map<Acceptor, CompletableFuture<Void>> same = new LinkedHashMap<>();
        finishing.forEach((acceptor, closed) -> {
            if (collides(acceptor.socket().address(), address)) {
                same.put(acceptor, closed);
            }
        });
        long deadline = System.nanoTime() + CLOSING_PATIENCE.toNanos();
        boolean any = !same.isEmpty();
        same.values().forEach(closed -> loops.await(closed, deadline));
        same.values().removeIf(CompletableFuture::isDone);
        loops.queryAll(same.keySet(), Acceptor::loop, acceptor -> {
            acceptor.close();
            return true;
        }, CLOSING_PATIENCE);
        return any;
    }

    private static boolean collides(SocketAddress one, SocketAddress other) {
        if (one instanceof InetSocketAddress inet && other instanceof InetSocketAddress wanted) {
            return inet.getPort() == wanted.getPort();
        }
        return one.equals(other);
    }

    /** Stops accepting on all of them: takes in what waits in the backlogs, at the latest until the deadline. */
    void finishAll(long deadline) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        running.values().forEach(open -> ends.add(finish(open.acceptor(), deadline)));
        ends.forEach(end -> loops.await(end, deadline));
        closeAll(Duration.ofSeconds(1));
    }

    /** Stops accepting at once. On the loops, because they may be accepting at this moment. */
    void closeAll(Duration patience) {
        List<Acceptor> open = new ArrayList<>(finishing.keySet());
        running.values().forEach(each -> open.add(each.acceptor()));
        loops.queryAll(open, Acceptor::loop, acceptor -> {
            acceptor.close();
            return true;
        }, patience);
    }

    /** Stops accepting at once on one of them, which stays in use without listening. @return 0 if its loop did not answer */
    int closeNow(Acceptor acceptor, Duration patience) {
        return loops.queryAll(List.of(acceptor), Acceptor::loop, each -> {
            each.close();
            return true;
        }, patience).size();
    }

    /** Closes the sockets on this thread. Only while no loop turns. */
    void closeSockets() {
        finishing.keySet().forEach(acceptor -> acceptor.socket().close());
        running.values().forEach(open -> open.acceptor().socket().close());
    }
}
