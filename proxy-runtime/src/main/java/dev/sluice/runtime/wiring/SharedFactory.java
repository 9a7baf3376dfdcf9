package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.fault.FaultControl;
import dev.sluice.runtime.chain.FilterException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.FilterConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A filter's factory with its environment, used by the chains of one or more configuration generations: a filter that a
 * reload does not change keeps its factory, with what it has counted. Closed after the last chain that uses it, not on
 * an event loop. Any thread.
 */
final class SharedFactory implements FilterFactory {
    private static final Logger LOG = LoggerFactory.getLogger(SharedFactory.class);

    private final FilterFactory factory;
    private final FilterConfig config;
    private final SlotEnvironment environment;
    private final AtomicInteger users = new AtomicInteger(1);
    private @Nullable FilterTraits traits;

    /**
     * A factory with one user.
     *
     * @param config the configuration that it was created from
     * @param environment the environment, which ends with it
     */
    SharedFactory(FilterFactory factory, FilterConfig config, SlotEnvironment environment) {
        this.factory = factory;
        // Without its place, which would keep the text of the file.
        this.config = new FilterConfig(config.type(), config.name(), config.provider(), config.config(),
                config.quarantine(), ConfigPlace.NONE);
        this.environment = environment;
    }

    /**
     * Adds a user, if a filter of this configuration would be the same filter: type, configuration and quarantine are
     * equal, and so are the files that it has read.
     *
     * @return whether it was added
     */
    boolean shareWith(FilterConfig other) {
        return isSame(other) && environment.filesAreUnchanged() && addUser();
    }

    private boolean isSame(FilterConfig other) {
        try {
            return config.type().equals(other.type()) && config.quarantine().equals(other.quarantine())
                    && hasSameProvider(other) && config.config().equals(other.config());
        } catch (RuntimeException | LinkageError e) {
            // A plugin's own equals.
            return false;
        }
    }

    /** The state of each file that it has read, at that time. */
    Map<Path, FileStamp> files() {
        return environment.files();
    }

    /** Whether the class of the provider is the same; a plugin that was replaced has other classes. */
    boolean hasSameProvider(FilterConfig other) {
        return config.provider().getClass() == other.provider().getClass();
    }

    private boolean addUser() {
        for (int seen = users.get(); seen > 0; seen = users.get()) {
            if (users.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes over the state of the filter that this one replaces, if both are of the same provider class. A failure costs
     * that state only.
     */
    void inherit(SharedFactory predecessor) {
        if (!predecessor.hasSameProvider(config)) {
            return;
        }
        try {
            factory.inherit(predecessor.factory);
        } catch (Throwable e) {
            environment.countFailure();
            LOG.error("Filter '{}' could not take over the state of its predecessor, and starts anew.", config.name(),
                    FilterException.of(e));
        }
    }

    /** Its faults, to be changed; null = it injects none. */
    @Nullable
    FaultControl faults() {
        return factory instanceof FaultControl control ? control : null;
    }

    /** The traits, asked for once however many chains use them. Belongs to the thread that builds generations. */
    @Override
    public FilterTraits traits() {
        FilterTraits known = traits;
        if (known == null) {
            known = factory.traits();
            traits = known;
        }
        return known;
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        return factory.newFilter(connection);
    }

    @Override
    public String explain(ConnectionInfo client) {
        return factory.explain(client);
    }

    /** Ends the use by one chain. */
    @Override
    public void close() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        try {
            factory.close();
        } finally {
            environment.close();
        }
    }
}
