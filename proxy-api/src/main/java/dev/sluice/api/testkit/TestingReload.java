package dev.sluice.api.testkit;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;

/**
 * A filter whose configuration changes while it serves, as it does at a reload of the proxy: to test
 * {@link FilterFactory#inherit}.
 *
 * <pre>{@code
 * try (var reload = TestingReload.of(new Quota(), new Quota.Config(2))) {
 *     reload.connection().connect().close();
 *     reload.to(new Quota.Config(3));
 *     reload.connection().connect().close();
 *     assertEquals(2, used(reload.factory()));
 * }
 * }</pre>
 *
 * <p>All factories have one environment, and so one clock. A connection keeps the factory that it was opened with, and
 * may stay open over any number of reloads.
 *
 * @param <C> the configuration of the filter
 */
public final class TestingReload<C extends Record> implements AutoCloseable {
    private final FilterProvider<C> provider;
    private final TestingEnvironment environment;
    private final List<FilterFactory> replaced = new ArrayList<>();
    private FilterFactory serving;

    private TestingReload(FilterProvider<C> provider, C config, TestingEnvironment environment) {
        this.provider = provider;
        this.environment = environment;
        this.serving = provider.create(config, environment);
    }

    /**
     * Makes the factory of a first configuration, in an environment of its own.
     *
     * @param <C> the type of the configuration
     * @param provider makes the factories
     * @param config the configuration, with all defaults filled in
     * @return the filter, which the caller closes
     */
    public static <C extends Record> TestingReload<C> of(FilterProvider<C> provider, C config) {
        return of(provider, config, new TestingEnvironment());
    }

    /**
     * Makes the factory of a first configuration.
     *
     * @param <C> the type of the configuration
     * @param provider makes the factories
     * @param config the configuration, with all defaults filled in
     * @param environment names, directory and clock of all factories
     * @return the filter, which the caller closes
     */
    public static <C extends Record> TestingReload<C> of(FilterProvider<C> provider, C config,
            TestingEnvironment environment) {
        return new TestingReload<>(provider, config, environment);
    }

    /**
     * {@return the factory that serves now} It remains this object's.
     */
    public FilterFactory factory() {
        return serving;
    }

    /**
     * {@return the environment of all factories}
     */
    public TestingEnvironment environment() {
        return environment;
    }

    /**
     * Begins a connection that is accepted now.
     *
     * @return a builder with the environment
     */
    public TestingConnectionBuilder connection() {
        return TestingConnection.of(serving).environment(environment);
    }

    /**
     * Reloads: makes the factory of another configuration, lets it inherit, and serves with it from now on.
     *
     * @param config the configuration, with all defaults filled in
     * @throws AssertionError if {@code inherit} throws, which the proxy would log
     */
    public void to(C config) {
        FilterFactory heir = heir(config);
        replaced.add(serving);
        serving = heir;
    }

    /**
     * Reloads as {@link #to} does, but the proxy refuses the configuration in the end, for another reason: the new
     * factory inherits and is closed without having served, and the one before it goes on.
     *
     * @param config the configuration, with all defaults filled in
     * @throws AssertionError if {@code inherit} throws, which the proxy would log
     */
    public void refused(C config) {
        heir(config).close();
    }

    private FilterFactory heir(C config) {
        FilterFactory heir = provider.create(config, environment);
        try {
            heir.inherit(serving);
        } catch (RuntimeException | Error e) {
            heir.close();
            throw new AssertionError("inherit must not throw, but threw " + e, e);
        }
        return heir;
    }

    /**
     * Closes the factories that were replaced, as the proxy does after the last of their connections. To be called when
     * those are closed; the factory that serves must not miss anything then.
     */
    public void closeReplaced() {
        replaced.forEach(FilterFactory::close);
        replaced.clear();
    }

    /** Closes all factories. */
    @Override
    public void close() {
        closeReplaced();
        serving.close();
    }
}
