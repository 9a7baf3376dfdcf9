package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.DescriptorReserve;
import dev.sluice.runtime.relay.SelfConnections;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;

/**
 * The resources of a server: memory, loops, sockets, logs. Opened by the constructor and {@link #start}; {@link #close}
 * gives all of them back, in the opposite order, also after a {@link #start} that failed.
 */
public final class Engine {
    /** The time for all event loops together to take up or give up sockets. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);

    private final BufferPool pool;
    private final ConnectionLimit processLimit;
    private final Journal journal;
    private final Generations generations;
    private final EventLoops loops;
    private final Listeners listeners;
    private final EngineView view;
    private final CurrentState state = new CurrentState();
    /** Ends the delay of a drain. */
    private final CountDownLatch closing = new CountDownLatch(1);
    /** The closing tasks of what has been opened, the last one first. */
    private final Deque<Runnable> closings = new ArrayDeque<>();
    private final AtomicInteger wasOpen = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private boolean loopsEnded = true;

    /**
     * Opens everything; no listener accepts yet.
     *
     * @param plugins the plugins that the configuration was read with; not closed with the engine
     * @param onDeath run when an event loop has died by a defect or because memory ran out
     * @throws EngineException when the machine refuses; nothing is left open
     * @throws ProblemsException with all problems that filters find; nothing is left open
     */
    public Engine(Configuration configuration, PluginRegistry plugins, Transport transport,
            MachineAddresses machine, Runnable onDeath) throws ProblemsException {
        int loopCount = configuration.runtime().eventLoops();
        DescriptorBudget descriptors = DescriptorBudget.of(configuration, transport.hasPipes());
        processLimit = new ConnectionLimit("limits.maxConnections", descriptors.maxConnections());
        try {
            MemoryConfig memory = configuration.memory();
            pool = new BufferPool(new MemoryBounds((int) memory.readBuffer().bytes(), memory.pool().bytes(),
                    memory.stash().bytes(), memory.pipes().bytes()), loopCount);
            // Memory and filters that a stuck loop may still use are left open with it.
            closings.push(() -> ifLoopsEnded(pool::close));
            Running running = new Running(loopCount);
            journal = new Journal(running.events());
            closings.push(journal::close);
            journal.switchTo(AccessLogs.open(journal, configuration.accessLog().orElse(null)));
            generations = new Generations(task -> new Thread(task, "sluice-retired").start());
            closings.push(() -> ifLoopsEnded(generations::close));
            generations.publish(new GenerationBuilder(running).build(1, configuration, plugins));
            DescriptorReserve reserve = new DescriptorReserve(transport, running.events());
            closings.push(reserve::close);
            SelfConnections self = new SelfConnections(transport::isLocal);
            loops = EventLoops.open(loopCount, transport, pool,
                    loop -> new Worker(loop, processLimit, reserve, self, journal), onDeath);
            listeners = new Listeners(transport, loops, (number, socket, rules) -> new Acceptor(loops.byTurn(number),
                    socket, rules, processLimit, loops.workers(), reserve, running.connectionIds()));
            closings.push(() -> ifLoopsEnded(listeners::closeSockets));
            closings.push(() -> loopsEnded = loops.stop());
            listeners.open(configuration.listeners(), generations.serving().listeners());
            SelfDialCheck.check(configuration, listeners.addresses(), machine);
            self.listenOn(SelfDialCheck.ports(listeners.addresses()));
            view = new EngineView(state, generations, listeners, loops, pool, running.events());
            running.events().refused(plugins.views());
        } catch (TransportException e) {
            close();
            throw new EngineException("cannot open the event loops: " + e.getMessage()
                    + (e.kind() == TransportException.Kind.DESCRIPTORS
                            ? ". Raise the limit to at least " + descriptors.needed() + " (ulimit -n "
                                    + descriptors.needed() + ")."
                            : ""),
                    e);
        } catch (ProblemsException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void ifLoopsEnded(Runnable closing) {
        if (loopsEnded) {
            closing.run();
        }
    }

    /**
     * Starts to serve.
     *
     * @throws EngineException when the machine refuses; to be closed then
     */
    public void start() {
        // From here on loops may use what is open, whether or not every listener will accept.
        closings.push(this::stopServing);
        loops.start();
        listeners.start(LOOP_PATIENCE);
        state.advance(ServerState.READY);
        event(Event.Kind.START, "serves generation " + generations.serving().number());
    }

    private void event(Event.Kind kind, String text) {
        journal.events().add(kind, "the server", text);
    }

    /**
     * Marks the server as draining.
     *
     * @return whether this caller has to drain it; false for all but the first, and for a server that is not ready
     */
    public boolean beginDrain() {
        boolean first = state.advance(ServerState.DRAINING);
        if (first) {
            event(Event.Kind.DRAIN, "began; open connections: " + processLimit.active());
        }
        return first;
    }

    /**
     * Stops accepting and waits for connections to end; those still open at the deadline, or at an interrupt, are
     * reset. Does nothing on a server that is closed.
     *
     * @param delay the time for which it still accepts, although it says that it is draining
     * @param timeout from then on
     */
    public void drain(Duration delay, Duration timeout) {
        beginDrain();
        if (isClosedWithin(delay) || state.get() != ServerState.DRAINING) {
            return;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        listeners.close(LOOP_PATIENCE);
        wasOpen.accumulateAndGet(processLimit.active(), Math::max);
        loops.drain(LOOP_PATIENCE);
        if (!isIdleBy(deadline)) {
            cut.addAndGet(loops.closeRelays(CloseReason.DRAIN_DEADLINE, LOOP_PATIENCE));
        }
        event(Event.Kind.DRAIN, "ended; connections cut: " + cut.get());
    }

    private boolean isClosedWithin(Duration delay) {
        try {
            return closing.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // An interrupt ends the drain.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isIdleBy(long deadline) {
        try {
            return processLimit.awaitIdle(deadline - System.nanoTime());
        } catch (InterruptedException e) {
            // An interrupt ends the drain.
            Thread.currentThread().interrupt();
            return processLimit.active() == 0;
        }
    }

    /** Resets open connections and gives all resources back. One thread at a time; a second call does nothing. */
    public void close() {
        if (!state.advance(ServerState.CLOSED)) {
            return;
        }
        closing.countDown();
        closings.forEach(Runnable::run);
    }

    private void stopServing() {
        listeners.close(LOOP_PATIENCE);
        wasOpen.accumulateAndGet(processLimit.active(), Math::max);
        cut.addAndGet(loops.closeRelays(CloseReason.OPERATOR, LOOP_PATIENCE));
    }

    /** Reopens log files, after they were renamed by a log rotation. */
    public void reopenLogs() {
        journal.reopen();
    }

    /** The number of entries that the access log has dropped. */
    public long accessLogDropped() {
        return journal.dropped();
    }

    /** The view for metrics and admin responses. */
    public ProxyView view() {
        return view;
    }

    /** Connections that are open now. */
    public int connections() {
        return processLimit.active();
    }

    /** Connections that were open when the first drain or the close began. */
    public int openAtEnd() {
        return wasOpen.get();
    }

    /** Connections that drains and the close have cut. */
    public int cut() {
        return cut.get();
    }

    /** Direct memory held from the JVM now, in bytes. */
    public long memoryBytes() {
        return pool.allocatedBytes();
    }
}
