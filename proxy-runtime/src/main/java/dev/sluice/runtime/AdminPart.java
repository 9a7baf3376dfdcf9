package dev.sluice.runtime;

import java.io.IOException;
import java.util.Optional;

import dev.sluice.runtime.admin.AdminServer;
import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.ReloadPart;
import org.jspecify.annotations.Nullable;

/**
 * The admin interface of a server, which follows reloads: a new address is bound before the old one closes. Changed by
 * one thread at a time.
 */
final class AdminPart implements ReloadPart, AutoCloseable {
    /** A way to start the interface. */
    interface Starter {
        AdminServer start(AdminConfig config, @Nullable AdminToken token) throws IOException;
    }

    private final Starter starter;
    private volatile @Nullable AdminServer current;
    /** The token of requests from the next change on; null = none is needed. */
    private @Nullable AdminToken token;

    AdminPart(Starter starter) {
        this.starter = starter;
    }

    /**
     * Starts the interface, if the configuration has one.
     *
     * @throws EngineException when its address cannot be listened on
     */
    void start(Configuration configuration, @Nullable AdminToken first) {
        token = first;
        current = open(configuration.admin());
    }

    private @Nullable AdminServer open(Optional<AdminConfig> config) {
        try {
            return config.isPresent() ? starter.start(config.get(), token) : null;
        } catch (IOException e) {
            throw new EngineException(String.valueOf(e.getMessage()), e);
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
    public Step prepare(Configuration before, Configuration next) {
        if (before.admin().map(AdminConfig::listen).equals(next.admin().map(AdminConfig::listen))) {
            return Step.NONE;
        }
        AdminServer opened = open(next.admin());
        return new Step() {
            @Override
            public void commit() {
                AdminServer old = current;
                current = opened;
                if (old != null) {
                    // The request for this reload may have come by the old one, and waits for its answer.
                    new Thread(old::close, "sluice-admin-close").start();
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

    @Override
    public void close() {
        AdminServer open = current;
        if (open != null) {
            open.close();
        }
    }
}
