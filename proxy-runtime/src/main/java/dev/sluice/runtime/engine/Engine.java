package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.observe.ReloadCause;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.DescriptorReserve;
import dev.sluice.runtime.relay.SelfConnections;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;
import dev.sluice.runtime.wiring.SourceAnswers;

/**
 * The resources of a server: memory, loops, sockets, logs. Opened by the constructor and {@link #start}; {@link #close}
 * gives all of them back, in the opposite order, also after a {@link #start} that failed.
 */
public final class Engine {
    /** The time for all event loops together to take up or give up sockets. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);

    private final BufferPool pool;
    /** Held while the server begins to drain, and for the part of a reload that cannot fail. */
    private final ReentrantLock transition = new ReentrantLock();
    /** Held by a reload. */
    private final ReentrantLock reloading = new ReentrantLock();
    private final List<ReloadPart> outer = new CopyOnWriteArrayList<>();
    private final Closer closer = new Closer();
    private final Reload.Parts parts;
    private final ConnectionLimit processLimit;
    private final Journal journal;
    private final Generations generations;
    private final EventLoops loops;
    private final Listeners listeners;
    private final Upstreams upstreams;
    private final Operations operations;
    private final Ending ending;
    private final EngineView view;
    private final ReloadHistory history = new ReloadHistory();
    private final CurrentState state = new CurrentState();
    /** Open until the server is closed. */
    private final CountDownLatch closing = new CountDownLatch(1);
    /** The closing tasks of what has been opened, the last one first. */
    private final Deque<Runnable> closings = new ArrayDeque<>();
    private boolean loopsEnded = true;

    /**
     * Opens everything; no listener accepts yet.
     *
     * @param plugins the plugins that the configuration was read with; not closed with the engine
     * @param environment whose key log is closed with the engine
     * @param onDeath run when an event loop has died by a defect or because memory ran out
     * @throws EngineException when the machine refuses; nothing is left open
     * @throws ProblemsException with all problems that filters find; nothing is left open
     */
    public Engine(ConfigSource source, Configuration configuration, PluginRegistry plugins,
            EngineEnvironment environment, Runnable onDeath) throws ProblemsException {
        Transport transport = environment.transport();
        MachineAddresses machine = environment.machine();
        int loopCount = configuration.runtime().eventLoops();
        long ownDescriptors = DescriptorBudget.openNow();
        DescriptorBudget descriptors = DescriptorBudget.of(configuration, transport.hasPipes(), ownDescriptors);
        if (descriptors.refusal() != null) {
            throw new EngineException(descriptors.refusals(configuration));
        }
        processLimit = new ConnectionLimit("limits.maxConnections", descriptors.maxConnections());
        try {
            MemoryConfig memory = configuration.memory();
            pool = new BufferPool(new MemoryBounds((int) memory.readBuffer().bytes(), memory.pool().bytes(),
                    memory.stash().bytes(), memory.pipes().bytes()), loopCount);
            // Memory and filters that a stuck loop may still use are left open with it.
            closings.push(() -> ifLoopsEnded(pool::close));
            Running running = new Running(loopCount, environment.keyLog());
            closings.push(running::close);
            journal = new Journal(running.events());
            closings.push(journal::close);
            journal.switchTo(AccessLogs.open(journal, configuration.accessLog().orElse(null)));
            generations = new Generations(closer);
            closings.push(() -> ifLoopsEnded(generations::close));
            closings.push(closer::close);
            Generation first = new GenerationBuilder(running, SourceAnswers.NONE).build(1, configuration, plugins,
                    null);
            generations.publish(first, source);
            PluginCare pluginCare = new PluginCare(generations);
            closings.push(pluginCare::close);
            pluginCare.serving(first, null);
            DescriptorReserve reserve = new DescriptorReserve(transport, running.events());
            closings.push(reserve::close);
            SelfConnections self = new SelfConnections(transport::isLocal);
            loops = EventLoops.open(loopCount, transport, pool,
                    loop -> new Worker(loop, processLimit, reserve, self, journal), onDeath);
            upstreams = new Upstreams(loops, reloading, running.events());
            listeners = new Listeners(loops, (loop, socket, serving) -> new Acceptor(loop, socket, serving,
                    processLimit, loops.workers(), reserve, running.connectionIds()));
            operations = new Operations(new EndpointOperations(generations, upstreams::close, running.events()),
                    new FaultOperations(generations, running.events()), new ListenerOperations(listeners, generations,
                            transport, running.events(), reloading, this::isServing),
                    new LoopCheck(loops), new CaptureOperations(generations, loops, running.events()));
            closings.push(() -> ifLoopsEnded(listeners::closeSockets));
            closings.push(() -> loopsEnded = loops.stop());
            closings.push(upstreams::close);
            ListenerChange.openFirst(listeners, generations.serving().listeners(), transport, configuration, machine);
            self.listenOn(SelfDialCheck.ports(listeners.addresses()));
            ending = new Ending(state, transition, closing, listeners, loops, processLimit, running.events());
            view = new EngineView(state, generations, pluginCare, history, listeners, loops, upstreams, pool,
                    processLimit, running.events());
            running.events().refused(plugins.views());
            outer.add(new AccessLogPart(journal));
            parts = new Reload.Parts(transport, machine, state, generations, listeners, loops, processLimit, self,
                    new GenerationBuilder(running, upstreams.answers()), pluginCare, ownDescriptors, outer, closer,
                    upstreams);
        } catch (TransportException e) {
            close();
            throw BindErrors.noLoops(e, descriptors);
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
        closings.push(ending::cutAll);
        loops.start();
        upstreams.start(generations.serving(), listeners.addresses(), parts.machine());
        listeners.start(LOOP_PATIENCE);
        state.advance(ServerState.READY);
        journal.events().add(Event.Kind.START, "the server",
                "serves generation " + generations.serving().number());
    }

    /** See {@link Ending#begin}. */
    public boolean beginDrain() {
        return ending.begin();
    }

    /** Whether it serves: it has started, and does not drain. */
    public boolean isServing() {
        return state.get() == ServerState.READY;
    }

    /** The executor of what a reload leaves to be closed, which never refuses and does not keep its caller waiting. */
    public Executor closer() {
        return closer;
    }

    /** Adds a part that follows reloads. Before the first of them. */
    public void follow(ReloadPart part) {
        outer.add(part);
    }

    /**
     * Replaces the configuration that serves; see {@link Reload}. One thread at a time, not an event loop.
     *
     * @param plugins the plugins that it was read with
     * @throws ProblemsException with all problems that filters find; nothing has changed then
     * @throws EngineException when it is refused for another reason; nothing has changed then
     */
    public ReloadOutcome reload(ConfigSource source, Configuration next, PluginRegistry plugins)
            throws ProblemsException {
        reloading.lock();
        try {
            long begin = System.nanoTime();
            ReloadOutcome outcome = new Reload(parts, transition, source, next, plugins).run();
            boolean applied = outcome.kind() == ReloadOutcome.Kind.APPLIED;
            journal.events().reload(outcome.previous(), outcome.generation(), applied ? "applied" : "unchanged",
                    System.nanoTime() - begin, source.name());
            journal.events().refused(plugins.views());
            return outcome;
        } finally {
            reloading.unlock();
            upstreams.catchUp();
        }
    }

    /** Counts a reload that was refused, before or by {@link #reload}. */
    public void reloadRefused(ReloadCause cause, String reason) {
        history.refused(cause, reason);
        long serving = generations.serving().number();
        journal.events().reload(serving, serving, "refused", 0, reason);
    }

    /** The files that filters have read, with their state at that time. */
    public Map<Path, FileStamp> filterFiles() {
        Map<Path, FileStamp> files = new HashMap<>(generations.serving().filterFiles());
        // Those of a refused configuration: when one appears, it is worth another try.
        files.putAll(parts.builder().wantedFiles());
        return files;
    }

    /**
     * Resets the connections of a generation that has ended; see {@link Generations#drain}.
     *
     * @return false if no such generation has connections
     * @throws EngineException if the generation serves
     */
    public boolean drainGeneration(long number, Duration period) {
        return generations.drain(number, period, loops.workers(), journal.events());
    }

    /** The operations on its parts. */
    public Operations operations() {
        return operations;
    }

    /** The counts of reloads, which the caller of {@link #reload} keeps. */
    public ReloadHistory history() {
        return history;
    }

    /** Finds out what {@link #reload} would do; throws what that would throw. */
    public ReloadOutcome plan(ConfigSource source, Configuration next, PluginRegistry plugins)
            throws ProblemsException {
        reloading.lock();
        try {
            return new Reload(parts, transition, source, next, plugins).plan();
        } finally {
            reloading.unlock();
            upstreams.catchUp();
        }
    }

    /** See {@link Ending#drain}. */
    public void drain(Duration delay, Duration timeout) {
        ending.drain(delay, timeout);
    }

    /** Resets open connections and gives all resources back. One thread at a time; a second call does nothing. */
    public void close() {
        transition.lock();
        try {
            if (!state.advance(ServerState.CLOSED)) {
                return;
            }
        } finally {
            transition.unlock();
        }
        closing.countDown();
        boolean quiet = awaitReload();
        try {
            closings.forEach(Runnable::run);
        } finally {
            if (quiet) {
                reloading.unlock();
            }
        }
    }

    /** Waits until a reload under way has given up, but not for ever: it may hang in a plugin. */
    private boolean awaitReload() {
        boolean interrupted = Thread.interrupted();
        try {
            return reloading.tryLock(LOOP_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The record of connections and events. */
    public Journal journal() {
        return journal;
    }

    /** Reopens log files, after they were renamed by a log rotation. */
    public void reopenLogs() {
        journal.reopen();
    }

    /** The number of entries that the access log has dropped. */
    public long accessLogDropped() {
        return journal.dropped();
    }

    /** The addresses that the listeners are bound to, by their names, in the order of the configuration. */
    public Map<String, SocketAddress> addresses() {
        return listeners.addresses();
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
        return ending.openAtEnd();
    }

    /** Connections that drains and the close have cut. */
    public int cut() {
        return ending.cut();
    }

    /** Direct memory held from the JVM now, in bytes. */
    public long memoryBytes() {
        return pool.allocatedBytes();
    }
}
