package dev.sluice.runtime;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.MachineAddresses;
import dev.sluice.runtime.engine.Transports;
import dev.sluice.runtime.loop.Threads;
import dev.sluice.runtime.transport.Transport;
import org.jspecify.annotations.Nullable;

/** A running proxy. Its event loops are ordinary threads and keep the JVM alive until {@link #close}. */
public final class ProxyServer implements AutoCloseable {
    private final Engine engine;
    private final AdminPart admin;
    private final Reloader reloader;
    private final ServiceManager manager;
    private volatile boolean failed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ReentrantLock closing = new ReentrantLock();

    private ProxyServer(ProxyConfig config, boolean ownsConfig, Builder options) {
        Configuration configuration = config.configuration();
        AdminToken token = config.adminToken();
        this.engine = EngineStart.open(config, options.transport, options.environment, options.machine, options.keyLog,
                this::die);
        if (options.events != null) {
            engine.journal().feed(new EventDelivery(options.events));
        }
        this.admin = AdminPart.of(this, options.logLevels);
        this.manager = manager(options);
        this.reloader = new Reloader(engine, admin, manager, config, ownsConfig);
        try {
            admin.start(configuration, token);
            engine.follow(admin);
            engine.start();
            reloader.start();
        } catch (EngineException e) {
            close();
            throw new StartException(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private ServiceManager manager(Builder options) {
        try {
            return ServiceManager.of(options.environment, engine);
        } catch (StartException e) {
            engine.close();
            throw e;
        }
    }

    /** {@return the transport that {@code runtime.transport: auto} chooses here: {@code epoll} or {@code nio}} */
    public static String defaultTransport() {
        return Transports.defaultName();
    }

    /** {@return a builder of servers} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return the address of each listener, by name, in the order of the configuration} Port 0 has become the port
     * that the system chose.
     */
    public Map<String, SocketAddress> addresses() {
        return engine.addresses();
    }

    /**
     * Returns the address of one listener.
     *
     * @param listener its name
     * @return the address; port 0 has become the port that the system chose
     * @throws IllegalArgumentException if there is no such listener; the message lists all names
     */
    public SocketAddress address(String listener) {
        SocketAddress address = addresses().get(listener);
        if (address == null) {
            throw new IllegalArgumentException("no listener '" + listener + "'; there are: " + addresses().keySet());
        }
        return address;
    }

    /**
     * Returns an endpoint, to be drained or restored. Asks nobody whether there is one: its methods do.
     *
     * @param cluster the name of its cluster
     * @param address as configuration writes it, such as {@code 10.0.0.1:443}, {@code [::1]:443} or
     *     {@code unix:/run/app.sock}; a discovered one as {@code /clusters} shows it
     * @return the endpoint
     */
    public ProxyEndpoint endpoint(String cluster, String address) {
        return new ProxyEndpoint(engine.operations().endpoints(), cluster, address, "the program");
    }

    /**
     * Returns a listener, to be taken down and up.
     *
     * @param name its name
     * @return the listener
     * @throws IllegalArgumentException as {@link #address}
     */
    public ProxyListener listener(String name) {
        address(name);
        return new ProxyListener(this, engine.operations().listeners(), name);
    }

    /** {@return the faults that its filters of type {@code fault} inject, to be changed} */
    public FaultInjection faults() {
        return new FaultInjection(engine.operations().faults());
    }

    /** {@return the address of the admin interface, if it is on} */
    public Optional<SocketAddress> adminAddress() {
        return admin.current().map(AdminServer::address);
    }

    /** {@return the time that the configuration gives a drain ({@code runtime.drainTimeout})} */
    public Duration drainTimeout() {
        return reloader.serving().configuration().runtime().drainTimeout();
    }

    /** {@return the time for which a drain still accepts while {@code /ready} says no ({@code runtime.drainDelay})} */
    public Duration drainDelay() {
        return reloader.serving().configuration().runtime().drainDelay();
    }

    /** Closes the server: without one of its loops it would still accept connections, and serve none of them. */
    private void die() {
        failed = true;
        // The thread of the loop that has died can wait until the system has another one.
        Threads.start(this::close, "sluice-died");
    }

    Engine engine() {
        return engine;
    }

    Reloader reloader() {
        return reloader;
    }

    /** {@return the connections that are open now, by ascending id} Asks the event loops, and waits for them. */
    public List<OpenConnection> connections() {
        return OpenConnection.all(engine.view());
    }

    /**
     * Resets a connection, soon.
     *
     * @param id of {@link #connections()}
     * @return false if there is no such connection
     */
    public boolean closeConnection(long id) {
        return engine.view().closeConnection(id);
    }

    /** {@return the figures of this server} */
    public ServerStats stats() {
        return ServerStats.of(engine.view(), engine.connections(), engine.memoryBytes());
    }

    /**
     * Stops accepting, after taking in the connections that wait in the backlogs, and waits for the open ones to end.
     * Those that have not ended at the deadline, or at an interrupt, are reset. The server still has to be closed.
     *
     * <p>With {@link #drainDelay} it begins with that: until it is over, or the server is closed, connections are
     * accepted as before.
     *
     * @param timeout from the moment in which it stops accepting
     * @return the outcome; for a server that is closed already, that of its end
     */
    public DrainResult drain(Duration timeout) {
        manager.stopping(drainDelay().plus(timeout));
        engine.drain(drainDelay(), timeout);
        return new DrainResult(engine.openAtEnd(), engine.cut());
    }

    /**
     * Reads the configuration again from where it came, and applies it: whole, or not at all. Open connections go on with
     * what they have; what has not changed stays the same. Waits for another reload that is under way.
     *
     * @return the changes
     * @throws ConfigurationException with every problem of the configuration; nothing has changed
     * @throws ReloadException if it is refused for another reason; nothing has changed
     */
    public ReloadResult reload() {
        return reloader.reload();
    }

    /**
     * Applies the configuration of another file, read with the same filters as the first one; fails as
     * {@link #reload()}, which reads that file from then on.
     *
     * @param file the configuration
     * @return the changes
     */
    public ReloadResult reload(Path file) {
        return reloader.reload(() -> reloader.serving().origin().of(file));
    }

    /**
     * Applies the configuration of a text, read with the same filters as the first one.
     *
     * @param yaml the configuration
     * @return the changes
     */
    public ReloadResult reload(String yaml) {
        return reloader.reload(() -> reloader.serving().origin().of(yaml));
    }

    /**
     * Applies a configuration that the caller has read. Plugins of a directory that were read once more count as
     * replaced.
     *
     * @param valid the configuration
     * @return the changes
     */
    public ReloadResult reload(ProxyConfig valid) {
        return reloader.reload(valid);
    }

    /**
     * Finds out what {@link #reload()} would do, and changes nothing. Makes the filters and closes them, but binds no
     * address.
     *
     * @return the changes
     * @throws ConfigurationException with every problem of the configuration
     * @throws ReloadException if the reload would be refused
     */
    public ReloadPlan plan() {
        return reloader.plan(() -> reloader.serving().origin());
    }

    /**
     * Finds out what {@link #reload(Path)} would do.
     *
     * @param file the configuration
     * @return the changes
     */
    public ReloadPlan plan(Path file) {
        return reloader.plan(() -> reloader.serving().origin().of(file));
    }

    /**
     * Finds out what {@link #reload(String)} would do.
     *
     * @param yaml the configuration
     * @return the changes
     */
    public ReloadPlan plan(String yaml) {
        return reloader.plan(() -> reloader.serving().origin().of(yaml));
    }

    /**
     * Waits until the server is closed.
     *
     * @return the way it ended
     * @throws InterruptedException if the thread is interrupted meanwhile; the server goes on
     */
    public Termination awaitTermination() throws InterruptedException {
        closed.await();
        return new Termination(failed ? Termination.Cause.FAILED : Termination.Cause.CLOSED, engine.openAtEnd(),
                engine.cut());
    }

    /** {@return the number of events that the listener of {@link Builder#events} was too slow for} */
    public long eventsDropped() {
        return engine.journal().feedDropped();
    }

    /**
     * Reports to the service manager of {@link Builder#serviceManager} that the program is ready. To be called when everything
     * else that the program has to do is ready too; what the server reports comes after this. Without such a manager it
     * does nothing.
     */
    public void reportReady() {
        manager.ready();
    }

    /** Opens the log files again, after a log rotation has renamed them. */
    public void reopenLogs() {
        engine.reopenLogs();
    }

    /**
     * Resets all open connections and releases every thread, socket and byte of direct memory. Idempotent; returns when
     * all of it is done.
     */
    @Override
    public void close() {
        closing.lock();
        try {
            if (closed.getCount() == 0) {
                return;
            }
            manager.stopping(Duration.ZERO);
            reloader.stop();
            admin.close();
            engine.close();
            reloader.close();
            manager.close();
            closed.countDown();
        } finally {
            closing.unlock();
        }
    }

    /** The parts of a server that is not started yet, given in any order. Belongs to one thread. */
    public static final class Builder {
        private final ProxyConfig.Loader loader = ProxyConfig.loader();
        private boolean loaderIsAsked;
        private Function<ProxyConfig.Loader, ProxyConfig> reading = from -> {
            throw new IllegalStateException("no configuration: call config(…) before start()");
        };
        private @Nullable ProxyConfig given;
        private @Nullable Transport transport;
        private MachineAddresses machine = MachineAddresses::ofThisMachine;
        private @Nullable LogLevels logLevels;
        private @Nullable Consumer<? super ProxyEvent> events;
        private @Nullable Path keyLog;
        private Map<String, String> environment = Map.of();

        private Builder() {}

        /**
         * Sets the configuration to a file that {@link #start} reads.
         *
         * @param file the configuration
         * @return this
         */
        public Builder config(Path file) {
            return config(from -> from.load(file));
        }

        /**
         * Sets the configuration to a text that {@link #start} reads.
         *
         * @param yaml the configuration
         * @return this
         */
        public Builder config(String yaml) {
            return config(from -> from.parse(yaml));
        }

        /**
         * Sets the configuration. Its filters are known already: {@link #filter} and {@link #pluginDirectory} cannot be
         * used with it.
         *
         * @param valid the configuration
         * @return this
         */
        public Builder config(ProxyConfig valid) {
            given = valid;
            return this;
        }

        private Builder config(Function<ProxyConfig.Loader, ProxyConfig> how) {
            reading = how;
            given = null;
            return this;
        }

        /**
         * Adds a type of filter that the configuration may name; see {@link ProxyConfig.Loader#filter}.
         *
         * @param provider the type
         * @return this
         */
        public Builder filter(FilterProvider<?> provider) {
            loader.filter(provider);
            loaderIsAsked = true;
            return this;
        }

        /**
         * Sets the plugins directory of a configuration without {@code plugins.directory}; see
         * {@link ProxyConfig.Loader#pluginDirectory}.
         *
         * @param directory where the plugins are
         * @return this
         */
        public Builder pluginDirectory(Path directory) {
            loader.pluginDirectory(directory);
            loaderIsAsked = true;
            return this;
        }

        /**
         * Reads configurations for a test, at reloads too: with free ports, with the endpoints of the test, without an admin
         * interface. Cannot be used with a {@link ProxyConfig}, which has been read already.
         *
         * @param settings of the test
         * @return this
         */
        public Builder inTest(TestSettings settings) {
            loader.inTest(settings);
            loaderIsAsked = true;
            return this;
        }

        /**
         * Lets operators change log levels through the admin interface.
         *
         * @param levels the levels of the program's loggers
         * @return this
         */
        public Builder logLevels(LogLevels levels) {
            this.logLevels = levels;
            return this;
        }

        /**
         * Gives the start and the end of each connection, and what else happens, to a listener: one after the other, on a
         * thread of its own. If it is so slow that 16,384 wait, further ones are dropped and counted. After
         * {@link ProxyServer#close} it has all of them. Several listeners get each event one after the other.
         *
         * @param listener what it throws is logged, and keeps the event from listeners that were added later
         * @return this
         */
        public Builder events(Consumer<? super ProxyEvent> listener) {
            Consumer<? super ProxyEvent> before = events;
            this.events = before == null ? listener : event -> {
                before.accept(event);
                listener.accept(event);
            };
            return this;
        }

        /**
         * Writes the secrets of TLS sessions with clients to a file, by which recorded traffic can be read (RFC 9850): for
         * debugging only. Those of clients that the JDK's engine serves are not among them.
         *
         * @param file appended to; nobody but its owner may be able to read it
         * @return this
         */
        public Builder tlsKeyLog(Path file) {
            this.keyLog = file;
            return this;
        }

        /**
         * Lets the server report to the service manager that has started the process, by the protocol of systemd
         * (sd_notify): that it is ready ({@link ProxyServer#reportReady}), reloads, or stops, and that its event loops turn if
         * the manager has a watchdog. Listeners take over the sockets with their addresses that the manager
         * passes (sd_listen_fds; transport epoll). For a program that is nothing but this server.
         *
         * @param variables the environment of the process, {@link System#getenv()}; without {@code NOTIFY_SOCKET} nothing is
         *     reported, and without {@code LISTEN_FDS} no socket is taken over
         * @return this
         */
        public Builder serviceManager(Map<String, String> variables) {
            this.environment = Map.copyOf(variables);
            return this;
        }

        /** Sets the transport, for tests that make the operating system fail. */
        Builder transport(Transport failing) {
            this.transport = failing;
            return this;
        }

        /** Sets the addresses of the machine, for tests. */
        Builder machine(MachineAddresses addresses) {
            this.machine = addresses;
            return this;
        }

        /**
         * Reads the configuration, binds every listener, and starts to serve.
         *
         * @return the server; the caller closes it
         * @throws ConfigurationException with every problem of the configuration
         * @throws StartException if the operating system refuses something that the configuration needs; nothing has
         *     been started then
         * @throws IllegalStateException without a configuration, or with filters for one that was read without them
         */
        public ProxyServer start() {
            if (given != null) {
                if (loaderIsAsked) {
                    throw new IllegalStateException(
                            "config(ProxyConfig) was read without filter(…), pluginDirectory(…) and"
                                    + " inTest(…): set them on ProxyConfig.loader()");
                }
                return new ProxyServer(given, false, this);
            }
            ProxyConfig read = reading.apply(loader);
            try {
                return new ProxyServer(read, true, this);
            } catch (RuntimeException | Error e) {
                read.plugins().close();
                throw e;
            }
        }
    }
}
