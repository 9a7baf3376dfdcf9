package dev.sluice.runtime;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.admin.Lifecycle;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.MachineAddresses;
import dev.sluice.runtime.engine.Transports;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy.
 *
 * <p>Its event loops are ordinary threads and keep the JVM alive until {@link #close}.
 */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private final Configuration configuration;
    /** To be closed with the server; null if somebody else has read the configuration, and may use it again. */
    private final @Nullable PluginRegistry ownPlugins;
    private final Engine engine;
    private final @Nullable AdminServer admin;
    private volatile boolean failed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ReentrantLock closing = new ReentrantLock();

    private ProxyServer(ProxyConfig config, boolean ownsConfig, Transport transport, MachineAddresses machine) {
        this.configuration = config.configuration();
        this.ownPlugins = ownsConfig ? config.plugins() : null;
        try {
            this.engine = new Engine(configuration, config.plugins(), transport, machine, this::die);
        } catch (ProblemsException e) {
            throw ProxyConfig.refused(e);
        } catch (EngineException e) {
            throw new StartException(e);
        }
        try {
            this.admin = startAdmin(configuration.admin().orElse(null));
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
        try {
            engine.start();
        } catch (EngineException e) {
            close();
            throw new StartException(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private @Nullable AdminServer startAdmin(@Nullable AdminConfig config) {
        if (config == null) {
            return null;
        }
        try {
            return AdminServer.start(config.listen(), engine.view(),
                    new Metrics(engine.view(), engine::accessLogDropped), new Commands());
        } catch (IOException e) {
            throw new StartException("admin: cannot listen on " + config.listen() + ": " + e.getMessage()
                    + ". Choose another admin.listen, or stop what is listening there.", e);
        }
    }

    /** What {@code runtime.transport: auto} stands for on this machine and with the options of this JVM: {@code epoll} or {@code nio}. */
    public static String defaultTransport() {
        return Transports.defaultName();
    }

    /** Where a server comes from. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where each listener listens, by name, in the order of the configuration; port 0 has become the port that was given. */
    public Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new LinkedHashMap<>();
        engine.view().listeners().forEach(listener -> addresses.put(listener.name(), listener.address()));
        return addresses;
    }

    /**
     * Where one listener listens.
     *
     * @throws IllegalArgumentException if there is no listener of that name; the message lists those there are
     */
    public SocketAddress address(String listener) {
        SocketAddress address = addresses().get(listener);
        if (address == null) {
            throw new IllegalArgumentException("no listener '" + listener + "'; there are: " + addresses().keySet());
        }
        return address;
    }

    /** Where the admin interface listens, if it is on. */
    public Optional<SocketAddress> adminAddress() {
        return Optional.ofNullable(admin).map(AdminServer::address);
    }

    /** What the configuration says about how long a drain may take. */
    public Duration drainTimeout() {
        return configuration.runtime().drainTimeout();
    }

    /** A server without one of its loops would still accept connections, and serve none of them. */
    private void die() {
        failed = true;
        new Thread(this::close, "sluice-died").start();
    }

    /** What this server has done and is doing. */
    public ServerStats stats() {
        return ServerStats.of(engine.view(), engine.connections(), engine.memoryBytes());
    }

    /**
     * Stops accepting, after taking in what waits in the backlogs, and waits for the open connections to end; those that have not by the
     * deadline, or by an interrupt, are reset. The server still has to be closed.
     *
     * @param timeout from now
     * @return how it ended; of a server that is closed already, how that did
     */
    public DrainResult drain(Duration timeout) {
        engine.drain(timeout);
        return new DrainResult(engine.openAtEnd(), engine.cut());
    }

    /** Waits until the server is closed, and reports how it ended. */
    public Termination awaitTermination() throws InterruptedException {
        closed.await();
        return new Termination(failed ? Termination.Cause.FAILED : Termination.Cause.CLOSED, engine.openAtEnd(),
                engine.cut());
    }

    /** Opens log files anew, after they were renamed by a log rotation. */
    public void reopenLogs() {
        engine.reopenLogs();
    }

    /** Resets what is open and gives back every thread, socket and byte of direct memory. Idempotent; waits until all of it is done. */
    @Override
    public void close() {
        closing.lock();
        try {
            if (closed.getCount() == 0) {
                return;
            }
            if (admin != null) {
                admin.close();
            }
            engine.close();
            if (ownPlugins != null) {
                ownPlugins.close();
            }
            closed.countDown();
        } finally {
            closing.unlock();
        }
    }

    /** What the admin interface may do. */
    private final class Commands implements Lifecycle {
        @Override
        public void drain() {
            if (!engine.beginDrain()) {
                return;
            }
            Thread drainer = new Thread(() -> {
                try {
                    DrainResult result = ProxyServer.this.drain(drainTimeout());
                    LOG.info("Drained on request: {} connections were open, {} were cut at the deadline.",
                            result.open(), result.cut());
                } finally {
                    close();
                }
            }, "sluice-drain");
            drainer.start();
        }
    }

    /** Collects what a server needs, in any order. One thread. */
    public static final class Builder {
        private final ProxyConfig.Loader loader = ProxyConfig.loader();
        private boolean loaderIsAsked;
        private @Nullable Function<ProxyConfig.Loader, ProxyConfig> reading;
        private @Nullable ProxyConfig given;
        private @Nullable Transport transport;
        private MachineAddresses machine = MachineAddresses::ofThisMachine;

        private Builder() {}

        /** The configuration, from a file that {@link #start} reads. */
        public Builder config(Path file) {
            return config(from -> from.load(file), null);
        }

        /** The configuration, as YAML that {@link #start} reads. */
        public Builder config(String yaml) {
            return config(from -> from.parse(yaml), null);
        }

        /** The configuration. It knows its filters already: {@link #filter} and {@link #pluginDirectory} would come too late. */
        public Builder config(ProxyConfig valid) {
            return config(null, valid);
        }

        private Builder config(@Nullable Function<ProxyConfig.Loader, ProxyConfig> how, @Nullable ProxyConfig valid) {
            reading = how;
            given = valid;
            return this;
        }

        /** A type of filter that the configuration may name; see {@link ProxyConfig.Loader#filter}. */
        public Builder filter(FilterProvider<?> provider) {
            loader.filter(provider);
            loaderIsAsked = true;
            return this;
        }

        /** Where plugins are if the configuration does not say; see {@link ProxyConfig.Loader#pluginDirectory}. */
        public Builder pluginDirectory(Path directory) {
            loader.pluginDirectory(directory);
            loaderIsAsked = true;
            return this;
        }

        /** For tests that make the operating system fail. */
        Builder transport(Transport failing) {
            this.transport = failing;
            return this;
        }

        /** For tests on a machine with addresses of their choice. */
        Builder machine(MachineAddresses addresses) {
            this.machine = addresses;
            return this;
        }

        /**
         * Reads the configuration, binds every listener, and starts to serve.
         *
         * @throws ConfigurationException with every problem of the configuration
         * @throws StartException if the system refuses, or cannot do what {@code runtime.transport} insists on; nothing has been started then
         * @throws IllegalStateException without a configuration, or with filters for one that was read without them
         */
        public ProxyServer start() {
            if (given != null) {
                if (loaderIsAsked) {
                    throw new IllegalStateException("config(ProxyConfig) was read without what filter(…) and"
                            + " pluginDirectory(…) add: give them to ProxyConfig.loader()");
                }
                return new ProxyServer(given, false, transportOf(given), machine);
            }
            if (reading == null) {
                throw new IllegalStateException("no configuration: call config(…) before start()");
            }
            ProxyConfig read = reading.apply(loader);
            try {
                return new ProxyServer(read, true, transportOf(read), machine);
            } catch (RuntimeException | Error e) {
                read.plugins().close();
                throw e;
            }
        }

        private Transport transportOf(ProxyConfig valid) {
            try {
                return transport == null ? Transports.choose(valid.configuration()) : transport;
            } catch (EngineException e) {
                throw new StartException(e);
            }
        }
    }
}
