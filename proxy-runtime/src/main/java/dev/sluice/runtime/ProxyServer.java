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
import dev.sluice.runtime.admin.AdminCommands;
import dev.sluice.runtime.admin.AdminServer;
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
    /**
     * The plugins, to be closed with the server; null if the configuration was read elsewhere, and may be used again.
     */
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
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The transport that {@code runtime.transport: auto} means on this machine and with the options of this JVM:
     * {@code epoll} or {@code nio}.
     */
    public static String defaultTransport() {
        return Transports.defaultName();
    }

    /** A builder of a server. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The addresses of the listeners, by name, in the order of the configuration, with the ports that were bound for
     * port 0.
     */
    public Map<String, SocketAddress> addresses() {
        Map<String, SocketAddress> addresses = new LinkedHashMap<>();
        engine.view().listeners().forEach(listener -> addresses.put(listener.name(), listener.address()));
        return addresses;
    }

    /**
     * The address of one listener.
     *
     * @throws IllegalArgumentException if there is no listener of that name; the message lists the existing ones
     */
    public SocketAddress address(String listener) {
        SocketAddress address = addresses().get(listener);
        if (address == null) {
            throw new IllegalArgumentException("no listener '" + listener + "'; there are: " + addresses().keySet());
        }
        return address;
    }

    /** The address of the admin interface, if it is on. */
    public Optional<SocketAddress> adminAddress() {
        return Optional.ofNullable(admin).map(AdminServer::address);
    }

    /** The configured time that a drain may take. */
    public Duration drainTimeout() {
        return configuration.runtime().drainTimeout();
    }

    /**
     * Closes the server after the death of a loop: without it, it would still accept connections that are not served.
     */
    private void die() {
        failed = true;
        new Thread(this::close, "sluice-died").start();
    }

    /** The counters of this server. */
    public ServerStats stats() {
        return ServerStats.of(engine.view(), engine.connections(), engine.memoryBytes());
    }

    /**
     * Stops accepting, after taking the connections that wait in the backlogs, and waits for the open connections to
     * end; those still open at the deadline, or at an interrupt, are reset. The server still has to be closed.
     *
     * @param timeout from now
     * @return the result; of a server that is closed already, that of the close
     */
    public DrainResult drain(Duration timeout) {
        engine.drain(timeout);
        return new DrainResult(engine.openAtEnd(), engine.cut());
    }

    /** Waits until the server is closed. @return its end */
    public Termination awaitTermination() throws InterruptedException {
        closed.await();
        return new Termination(failed ? Termination.Cause.FAILED : Termination.Cause.CLOSED, engine.openAtEnd(),
                engine.cut());
    }

    /** Reopens log files, after they were renamed by a log rotation. */
    public void reopenLogs() {
        engine.reopenLogs();
    }

    /**
     * Resets open connections and gives back every thread, socket and byte of direct memory. Idempotent; waits until
     * that is done.
     */
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

    /** The commands of the admin interface. */
    private final class Commands implements AdminCommands {
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

    /** A builder of a server, with its settings in any order. One thread. */
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

        /**
         * The configuration. It has its filters already: {@link #filter} and {@link #pluginDirectory} would come too
         * late.
         */
        public Builder config(ProxyConfig valid) {
            return config(null, valid);
        }

        private Builder config(@Nullable Function<ProxyConfig.Loader, ProxyConfig> how, @Nullable ProxyConfig valid) {
            reading = how;
            given = valid;
            return this;
        }

        /** Adds a filter type that the configuration may name; see {@link ProxyConfig.Loader#filter}. */
        public Builder filter(FilterProvider<?> provider) {
            loader.filter(provider);
            loaderIsAsked = true;
            return this;
        }

        /**
         * The directory of the plugins if the configuration has none; see {@link ProxyConfig.Loader#pluginDirectory}.
         */
        public Builder pluginDirectory(Path directory) {
            loader.pluginDirectory(directory);
            loaderIsAsked = true;
            return this;
        }

        /** The transport, for tests that make the operating system fail. */
        Builder transport(Transport failing) {
            this.transport = failing;
            return this;
        }

        /** The machine's addresses, for tests. */
        Builder machine(MachineAddresses addresses) {
            this.machine = addresses;
            return this;
        }

        /**
         * Reads the configuration, binds every listener, and starts to serve.
         *
         * @throws ConfigurationException with every problem of the configuration
         * @throws StartException if the system refuses, or {@code runtime.transport} cannot be used; nothing has been
         *     started then
         * @throws IllegalStateException without a configuration, or with filters for a configuration that was read
         *     without them
         */
        public ProxyServer start() {
            if (given != null) {
                if (loaderIsAsked) {
                    throw new IllegalStateException("config(ProxyConfig) was read without the filters of filter(…) and"
                            + " pluginDirectory(…): set them on ProxyConfig.loader()");
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
