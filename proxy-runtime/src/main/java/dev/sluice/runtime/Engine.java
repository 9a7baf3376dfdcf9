package dev.sluice.runtime;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Watchdog;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessLog;
import dev.sluice.runtime.observe.AccessLogFormat;
import dev.sluice.runtime.observe.AccessLogTemplate;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.relay.Acceptor;
import dev.sluice.runtime.relay.DescriptorReserve;
import dev.sluice.runtime.relay.Limit;
import dev.sluice.runtime.relay.Service;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of a server that holds a resource: memory, loops, sockets, logs. What a constructor or {@link #start} has opened when it
 * fails, {@link #close} gives back.
 */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    /** How long a question to an event loop may take before the answer is given without it. */
    private static final long ASK_SECONDS = 5;

    private final Configuration configuration;
    private final Transport transport;
    private final Runnable onDeath;
    private final BufferPool pool;
    private final Limit processLimit;
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private @Nullable Generation generation;
    private @Nullable AccessLog accessLog;
    private @Nullable DescriptorReserve reserve;
    private @Nullable Watchdog watchdog;
    private volatile ServerState state = ServerState.STARTING;
    private final AtomicInteger wasOpen = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    /** @param onDeath run when an event loop has died by a defect or for want of memory */
    Engine(Configuration configuration, Transport transport, Runnable onDeath) {
        this.configuration = configuration;
        this.onDeath = onDeath;
        this.transport = transport;
        int loopCount = configuration.runtime().eventLoops();
        this.processLimit = new Limit(DescriptorBudget.maxConnections(configuration, transport.hasPipes()));
        MemoryConfig memory = configuration.memory();
        this.pool = new BufferPool(new MemoryBounds((int) memory.readBuffer().bytes(), memory.pool().bytes(),
                memory.stash().bytes(), memory.pipes().bytes()),
                loopCount);
        try {
            AccessLogConfig log = configuration.accessLog().orElse(null);
            this.accessLog = log == null ? null : openAccessLog(log);
            this.generation = build(loopCount);
            this.reserve = new DescriptorReserve(transport);
            openLoops(loopCount, reserve);
            bind(reserve);
        } catch (TransportException e) {
            close();
            throw new StartException("cannot open what the event loops need: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Generation build(int loopCount) {
        try {
            return new GenerationBuilder(loopCount, entryConsumer()).build(configuration);
        } catch (ProblemsException e) {
            throw ProxyConfig.refused(e);
        }
    }

    private static AccessLog openAccessLog(AccessLogConfig config) {
        try {
            AccessLogFormat format = switch (config.format()) {
                case JSON -> AccessLogFormat.json();
                case TEXT -> config.template().map(AccessLogTemplate::parse).orElse(AccessLogTemplate.DEFAULT);
            };
            AccessLog log = config.path() instanceof LogTarget.File file
                    ? AccessLog.toFile(file.path(), format)
                    : config.path() == LogTarget.Stream.STDERR
                            ? AccessLog.toStandardError(format)
                            : AccessLog.toStandardOutput(format);
            LOG.info("access log: writing to {}", log.describe());
            return log;
        } catch (IOException e) {
            throw new StartException("accessLog: cannot open " + ((LogTarget.File) config.path()).path()
                    + " for writing: " + e.getMessage()
                    + ". Create its directory, or give this user the right to write there.", e);
        }
    }

    private @Nullable Consumer<AccessEntry> entryConsumer() {
        AccessLog log = accessLog;
        return log == null ? null : log::record;
    }

    private void openLoops(int count, DescriptorReserve spare) throws TransportException {
        for (int i = 0; i < count; i++) {
            EventLoop loop = new EventLoop(i, "sluice-loop-" + i, transport.openPoller(), pool.share(i), onDeath);
            loops.add(loop);
            workers.add(new Worker(loop, processLimit, spare));
        }
        watchdog = new Watchdog("sluice-watchdog", loops);
    }

    /** Binds all listeners before any of them serves. */
    private void bind(DescriptorReserve spare) {
        AtomicLong ids = new AtomicLong();
        List<ListenerConfig> listeners = configuration.listeners();
        for (int i = 0; i < listeners.size(); i++) {
            ListenerConfig config = listeners.get(i);
            Service service = generation().services().get(i);
            EventLoop loop = loops.get(i % loops.size());
            ServerSocket socket = listen(config, service.settings().socket());
            acceptors.add(new Acceptor(loop, socket, service, processLimit, workers, spare, ids));
        }
    }

    private ServerSocket listen(ListenerConfig config, SocketOptions accepted) {
        SocketAddress address = config.listen();
        try {
            return transport.listen(address, new ListenOptions(config.socket().backlog(), false, accepted));
        } catch (TransportException e) {
            throw new StartException("listener " + config.name() + ": cannot listen on " + AddressText.of(address)
                    + ": " + e.getMessage() + ". " + advice(e.kind(), address), e);
        }
    }

    /** The sentence after the system's words, which may be in any language: how to get rid of a refusal to bind. */
    private static String advice(TransportException.Kind kind, SocketAddress address) {
        boolean unix = address instanceof UnixDomainSocketAddress;
        return switch (kind) {
            case ADDRESS_IN_USE -> "Stop what listens there, or choose another address.";
            case NOT_PERMITTED -> unix
                    ? "A Unix socket needs a directory that this user may write to."
                    : "Ports below 1024 need root or CAP_NET_BIND_SERVICE.";
            case NOT_A_SOCKET -> "It was left alone: choose another path.";
            case NO_DIRECTORY -> "Create the directory, or choose another path.";
            case DESCRIPTORS -> "Raise the limit of open files (ulimit -n).";
            case UNREACHABLE -> "Choose an address of a family that this machine has.";
            case ADDRESS_NOT_AVAILABLE -> "Choose an address that this machine has.";
            case UNSUPPORTED -> "Set runtime.transport: epoll, or leave the option out.";
            case REFUSED, BUSY, LOCAL_PORTS, OTHER -> unix
                    ? "Choose a path where this user can create a Unix socket."
                    : "Choose an address that this machine has.";
        };
    }

    /** Starts to serve. */
    void start() {
        if (watchdog != null) {
            watchdog.start();
        }
        loops.forEach(EventLoop::start);
        for (Acceptor acceptor : acceptors) {
            ask(acceptor.loop(), () -> {
                try {
                    acceptor.start();
                } catch (TransportException e) {
                    throw new StartException("listener " + acceptor.service().name() + ": " + e.getMessage(), e);
                }
                return true;
            });
        }
        state = ServerState.READY;
    }

    /** Runs a question on a loop's thread and waits for the answer; {@code null} when the loop does not answer. */
    <T> @Nullable T ask(EventLoop loop, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ASK_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            LOG.warn("Event loop {} did not answer within {} s.", loop.index(), ASK_SECONDS);
            return null;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops accepting and waits; see {@link ProxyServer#drain}. */
    DrainResult drain(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (state == ServerState.CLOSED) {
            return end();
        }
        state = ServerState.DRAINING;
        closeAcceptors();
        wasOpen.accumulateAndGet(processLimit.active(), Math::max);
        if (!finished(deadline)) {
            cut.addAndGet(closeRelays(CloseReason.DRAIN_DEADLINE));
        }
        return end();
    }

    /** Whoever drained or closed, and however often: what was open when the first of them began, and all that was cut. */
    private DrainResult end() {
        return new DrainResult(wasOpen.get(), cut.get());
    }

    private boolean finished(long deadline) {
        try {
            return processLimit.awaitIdle(deadline - System.nanoTime());
        } catch (InterruptedException e) {
            // Whoever interrupts a drain wants it to be over.
            Thread.currentThread().interrupt();
            return processLimit.active() == 0;
        }
    }

    private void closeAcceptors() {
        for (Acceptor acceptor : acceptors) {
            ask(acceptor.loop(), () -> {
                acceptor.close();
                return true;
            });
        }
    }

    private int closeRelays(CloseReason reason) {
        int closed = 0;
        for (Worker worker : workers) {
            // What acceptors handed over before they were closed is in the mailbox ahead of this.
            Integer here = ask(worker.loop(), () -> worker.closeAll(reason));
            closed += here == null ? 0 : here;
        }
        return closed;
    }

    void close() {
        if (state == ServerState.READY || state == ServerState.DRAINING) {
            closeAcceptors();
            wasOpen.accumulateAndGet(processLimit.active(), Math::max);
            cut.addAndGet(closeRelays(CloseReason.OPERATOR));
        } else {
            acceptors.forEach(acceptor -> acceptor.socket().close());
        }
        state = ServerState.CLOSED;
        boolean ended = true;
        for (EventLoop loop : loops) {
            ended &= loop.stop();
        }
        if (watchdog != null) {
            watchdog.stop();
        }
        if (reserve != null) {
            reserve.close();
        }
        if (accessLog != null) {
            accessLog.close();
        }
        if (ended) {
            // Memory and filters that a loop left behind may still use are left with it.
            pool.close();
            if (generation != null) {
                generation.close();
            }
        }
    }

    void reopenLogs() {
        if (accessLog != null) {
            accessLog.reopen();
        }
    }

    ServerState state() {
        return state;
    }

    List<Acceptor> acceptors() {
        return acceptors;
    }

    List<Worker> workers() {
        return workers;
    }

    Generation generation() {
        Generation built = generation;
        if (built == null) {
            throw new IllegalStateException("not built");
        }
        return built;
    }

    BufferPool pool() {
        return pool;
    }

    Limit processLimit() {
        return processLimit;
    }

    long accessLogDropped() {
        return accessLog == null ? 0 : accessLog.dropped();
    }
}
