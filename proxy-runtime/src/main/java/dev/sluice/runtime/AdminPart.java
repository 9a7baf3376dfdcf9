package dev.sluice.runtime;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.admin.LoggerLevels;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.engine.Change;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.ReloadPart;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * The admin interface of a server, which follows reloads: a new address is bound before the old one closes. Changed by
 * one thread at a time.
 */
final class AdminPart implements ReloadPart, AutoCloseable {
    /** The time for an interface to close when its address is wanted again. */
    private static final long CLOSING_SECONDS = 2;

    /** A way to start the interface. */
    interface Starter {
        /**
         * Starts it.
         *
         * @param leaving the interface that it replaces, which is closed later; null = none
         */
        AdminServer start(AdminConfig config, @Nullable AdminToken token, @Nullable AdminServer leaving)
                throws IOException;
    }

    private final Starter starter;
    private final LoggerLevels loggers;
    private final Executor closer;
    private volatile @Nullable AdminServer current;
    /** The token of requests from the next change on; null = none is needed. */
    private @Nullable AdminToken token;
    /** Completed when the interface before this one is closed. */
    private CompletableFuture<Void> closing = CompletableFuture.completedFuture(null);

    /**
     * The interface of a server, which is not started yet.
     *
     * @param loggers the levels of the program's loggers, closed with this: they outlive an address
     * @param closer closes former interfaces, which takes a moment; never refuses
     */
    private AdminPart(Starter starter, LoggerLevels loggers, Executor closer) {
        this.starter = starter;
        this.loggers = loggers;
        this.closer = closer;
    }

    /**
     * The interface of a server, which is not started yet.
     *
     * @param levels the access to the levels of the program's loggers; null = they cannot be changed
     */
    static AdminPart of(ProxyServer server, @Nullable LogLevels levels) {
        LoggerLevels loggers = ServerCommands.loggers(levels);
        return new AdminPart((section, token, leaving) -> ServerCommands.startAdmin(server, section, token, leaving,
                loggers), loggers, server.engine().closer());
    }

    /**
     * Starts the interface, if the configuration has one.
     *
     * @throws EngineException when its address cannot be listened on
     */
    void start(Configuration configuration, @Nullable AdminToken first) {
        token = first;
        current = open(configuration.admin(), null);
    }

    private @Nullable AdminServer open(Optional<AdminConfig> config, @Nullable AdminServer leaving) {
        try {
            return config.isPresent() ? starter.start(config.get(), token, leaving) : null;
        } catch (IOException e) {
            throw new EngineException(config.orElseThrow().place(), "listen",
                    String.valueOf(e.getMessage()).replaceFirst("^admin: ", ""), e);
        }
    }

    /** Sets the token for an interface that a change opens. Before the change. */
    void nextToken(@Nullable AdminToken next) {
        token = next;
    }

    /** Changes the token of the interface, after a change. */
    void useToken(@Nullable AdminToken changed) {
        token = changed;
        AdminServer open = current;
        if (open != null) {
            open.token(changed);
        }
    }

    /** The interface; empty if it is off. */
    Optional<AdminServer> current() {
        return Optional.ofNullable(current);
    }

    @Override
    public Optional<Change> repair() {
        return current().filter(open -> !open.isInPlace()).map(open -> new Change(Change.Kind.SECTION, "admin",
                Change.Action.CHANGED,
                List.of("listens on " + AddressText.of(open.address()) + " again, whose file was removed"), 0));
    }

    @Override
    public Step prepare(Configuration before, Configuration next) {
        AdminServer old = current;
        if (old == null ? next.admin().isEmpty() : isKept(old, before.admin(), next.admin())) {
            return Step.NONE;
        }
        awaitFormer();
        AdminServer opened = open(next.admin(), old);
        return new Step() {
            @Override
            public void commit() {
                current = opened;
                if (old != null) {
                    retire(old);
                }
            }

            @Override
            public void undo() {
                if (opened != null) {
                    opened.close();
                }
            }
        };
    }

    private static boolean isKept(AdminServer open, Optional<AdminConfig> before, Optional<AdminConfig> next) {
        return next.isPresent() && open.isInPlace()
                && (before.map(AdminConfig::listen).equals(next.map(AdminConfig::listen))
                        || open.address().equals(next.get().listen()));
    }

    /** An address that was left a moment ago may be wanted again. */
    private void awaitFormer() {
        try {
            closing.get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // If the address is still in use, the refusal says so.
        }
    }

    /** Closes an interface, later: the request for this reload may have come by it, and waits for its answer. */
    private void retire(AdminServer old) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        closing = closed;
        closer.execute(() -> {
            try {
                old.close();
            } finally {
                closed.complete(null);
            }
        });
    }

    @Override
    public void close() {
        AdminServer open = current;
        if (open != null) {
            open.close();
        }
        loggers.close();
    }
}
