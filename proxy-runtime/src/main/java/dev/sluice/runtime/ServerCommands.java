package dev.sluice.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.admin.AdminCommands;
import dev.sluice.runtime.admin.AdminParts;
import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.admin.CommandResult;
import dev.sluice.runtime.admin.LoggerAccess;
import dev.sluice.runtime.admin.LoggerLevels;
import dev.sluice.runtime.config.Durations;
import dev.sluice.runtime.config.Quantities;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.ServerState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of the admin interface, carried out on a server. Any thread. */
final class ServerCommands implements AdminCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCommands.class);
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int REFUSED = 422;

    private final ProxyServer server;
    private final Engine engine;
    private final Reloader reloader;
    private final FaultCommands faults;

    ServerCommands(ProxyServer server, Engine engine, Reloader reloader) {
        this.server = server;
        this.engine = engine;
        this.reloader = reloader;
        this.faults = new FaultCommands(engine.operations().faults());
    }

    /**
     * Starts the admin interface of a server.
     *
     * @param leaving the interface that it replaces; null = none
     */
    static AdminServer startAdmin(ProxyServer server, AdminConfig config, @Nullable AdminToken token,
            @Nullable AdminServer leaving, LoggerLevels loggers) throws IOException {
        Engine engine = server.engine();
        return AdminServer.start(config.listen(), token,
                new AdminParts(engine.view(), new Metrics(engine.view(), engine::accessLogDropped),
                        new ServerCommands(server, engine, server.reloader()), engine.operations().captures(),
                        () -> server.reloader().texts(), loggers, Durations::read, new ConfigUnits()),
                leaving);
    }

    /** The levels of a program's loggers, as far as the program said how they are changed. */
    static LoggerLevels loggers(@Nullable LogLevels levels) {
        return new LoggerLevels(levels == null ? null : new LoggerAccess(levels::levels, levels::level));
    }

    @Override
    public CommandResult drain() {
        boolean before = engine.view().state() == ServerState.DRAINING;
        int open = engine.view().serving().active();
        Duration delay = server.drainDelay();
        Duration timeout = server.drainTimeout();
        beginDrain();
        String text = before
                ? "is draining already; nothing was changed. A second TERM ends it at once"
                : (delay.isZero()
                        ? "draining: accepts nothing new"
                        : "draining: accepts for " + seconds(delay) + ", so that load balancers notice")
                        + "; " + open + " open " + (open == 1 ? "connection has " : "connections have ")
                        + seconds(timeout)
                        + (delay.isZero() ? "" : " from then on") + ", and what is open after that is cut";
        return new CommandResult(ACCEPTED, json -> json.name("state").value(engine.view().state().label())
                .name("connections_active").value(open).name("text").value(text));
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    private void beginDrain() {
        // The thread first: without one, the server must not say that it drains for ever.
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        Thread drainer = new Thread(() -> {
            if (!first.join()) {
                return;
            }
            try {
                DrainResult result = server.drain(server.drainTimeout());
                LOG.info("Drained on request: {} connections were open, {} were cut at the deadline.",
                        result.open(), result.cut());
            } finally {
                server.close();
            }
        }, "sluice-drain");
        drainer.start();
        boolean began = false;
        try {
            began = engine.beginDrain();
        } finally {
            first.complete(began);
        }
    }

    @Override
    public CompletionStage<CommandResult> reload() {
        return reloader.request().handle((result, failure) -> failure == null
                ? new CommandResult(OK, result::writeTo)
                : refused(failure));
    }

    @Override
    public CommandResult plan() {
        try {
            ReloadPlan plan = server.plan();
            return new CommandResult(OK, plan::writeTo);
        } catch (ConfigurationException | ReloadException e) {
            return refused(e);
        }
    }

    private CommandResult refused(Throwable failure) {
        RuntimeException refusal = failure instanceof RuntimeException known
                ? known
                : new IllegalStateException(failure);
        int status = engine.isServing() ? REFUSED : CONFLICT;
        return new CommandResult(status, Reloader.refusal(refusal));
    }

    @Override
    public CommandResult lastReload() {
        return reloader.isRunning()
                ? new CommandResult(ACCEPTED, json -> json.name("result").value("running"))
                : new CommandResult(OK, reloader::writeLast);
    }

    @Override
    public CommandResult drainGeneration(long number, Duration over) {
        try {
            return engine.drainGeneration(number, over)
                    ? new CommandResult(ACCEPTED, json -> json.name("draining").value(number))
                    : new CommandResult(NOT_FOUND, json -> json.name("error")
                            .value("no connection needs a generation " + number
                                    + "; /generations lists those that are alive"));
        } catch (EngineException e) {
            return new CommandResult(CONFLICT, json -> json.name("error").value(e.getMessage()));
        }
    }

    @Override
    public CommandResult drainEndpoint(String cluster, String address, @Nullable Duration over) {
        return endpoint(cluster, address, endpoint -> endpoint.operate(over), view -> {
            int open = view.active();
            return "gets no new connections" + (open == 0
                    ? ""
                    : "; " + open + " open " + (open == 1 ? "one " : "ones ") + (over == null
                            ? open == 1 ? "stays" : "stay"
                            : (open == 1 ? "is" : "are") + " reset" + (over.isZero()
                                    ? ""
                                    : " evenly over " + Quantities.show(over) + ", busy ones up to 10s later")));
        });
    }

    @Override
    public CommandResult restoreEndpoint(String cluster, String address) {
        return endpoint(cluster, address, ProxyEndpoint::restored,
                view -> view.usable() ? "gets new connections" : "is not drained; it is " + view.state());
    }

    @Override
    public CommandResult faults() {
        return faults.all();
    }

    @Override
    public CommandResult addFault(String listener, Fault fault) {
        return faults.add(listener, fault);
    }

    @Override
    public CommandResult removeFaults(String listener, @Nullable String name) {
        return faults.remove(listener, name);
    }

    private CommandResult endpoint(String cluster, String address, Function<ProxyEndpoint, EndpointView> command,
            Function<EndpointView, String> text) {
        try {
            EndpointView view = command.apply(
                    new ProxyEndpoint(engine.operations().endpoints(), cluster, address, "the admin interface"));
            return new CommandResult(OK, json -> json.name("cluster").value(cluster).name("address").value(address)
                    .name("state").value(view.state()).name("detail").value(view.detail())
                    .name("connections_active").value(view.active())
                    .name("text").value("endpoint " + address + " of cluster " + cluster + " " + text.apply(view)));
        } catch (IllegalArgumentException e) {
            return new CommandResult(NOT_FOUND, json -> json.name("error").value(e.getMessage()));
        }
    }
}
