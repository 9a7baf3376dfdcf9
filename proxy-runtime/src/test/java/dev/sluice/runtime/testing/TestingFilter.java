package dev.sluice.runtime.testing;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;

/** A filter type that a test makes up; counts what is made and closed of it. */
public final class TestingFilter implements FilterProvider<TestingFilter.Nothing> {
    /** It has no keys. */
    public record Nothing() {}

    private final String type;
    private final FilterTraits traits;
    private final Function<ConnectionInfo, ConnectionFilter> filters;
    private final AtomicInteger factories = new AtomicInteger();
    private Consumer<FilterEnvironment> onCreate = environment -> {};
    private Runnable onClose = () -> {};

    public TestingFilter(String type, FilterTraits traits, Function<ConnectionInfo, ConnectionFilter> filters) {
        this.type = type;
        this.traits = traits;
        this.filters = filters;
    }

    /** The action of the provider with the environment of each factory. */
    public TestingFilter onCreate(Consumer<FilterEnvironment> action) {
        onCreate = action;
        return this;
    }

    /** The action of each factory when it is closed. */
    public TestingFilter onClose(Runnable action) {
        onClose = action;
        return this;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Class<Nothing> configType() {
        return Nothing.class;
    }

    @Override
    public FilterFactory create(Nothing config, FilterEnvironment environment) {
        onCreate.accept(environment);
        factories.incrementAndGet();
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return traits;
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return filters.apply(connection);
            }

            @Override
            public void close() {
                onClose.run();
                factories.decrementAndGet();
            }
        };
    }

    /** Factories that have been made and not been closed. */
    public int openFactories() {
        return factories.get();
    }
}
