package dev.sluice.dist.docs;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;

/** Filter with a counter of its own: no built-in filter has one, and without any their metric is not there. */
public final class CountingFilter implements FilterProvider<CountingFilter.Nothing> {
    /** A configuration without keys. */
    public record Nothing() {}

    @Override
    public String type() {
        return "counting";
    }

    @Override
    public Class<Nothing> configType() {
        return Nothing.class;
    }

    @Override
    public FilterFactory create(Nothing config, FilterEnvironment environment) {
        environment.counter("made").increment();
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return FilterTraits.connectionOnly();
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return new ConnectionFilter() {
                };
            }
        };
    }
}
