package dev.sluice.filters.ratelimit;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;

/** Filter type {@code rate-limit}. */
public final class RateLimitProvider implements FilterProvider<RateLimitConfig> {
    /** Called by {@link java.util.ServiceLoader}. */
    public RateLimitProvider() {}

    @Override
    public String type() {
        return "rate-limit";
    }

    @Override
    public Class<RateLimitConfig> configType() {
        return RateLimitConfig.class;
    }

    @Override
    public String description() {
        return "Limits new connections per period, open connections, and bandwidth: per source or per listener;"
                + " bandwidth also per connection.";
    }

    @Override
    public FilterFactory create(RateLimitConfig config, FilterEnvironment environment) {
        Limits limits = new Limits(config, environment);
        if (limits.remembersConnections()) {
            return limits.gated()
                    ? new Factory(limits, connection -> new ConnectionLimiter.Gated(limits))
                    : new Factory(limits, connection -> new ConnectionLimiter(limits));
        }
        SharedLimiter shared = limits.gated() ? new SharedLimiter.Gated(limits) : new SharedLimiter(limits);
        return new Factory(limits, connection -> shared);
    }

    /** A maker of filters for connections. */
    private interface Maker {
        ConnectionFilter make(ConnectionInfo connection);
    }

    private record Factory(Limits limits, Maker maker) implements FilterFactory {
        @Override
        public FilterTraits traits() {
            return FilterTraits.connectionOnly();
        }

        @Override
        public ConnectionFilter newFilter(ConnectionInfo connection) {
            return maker.make(connection);
        }

        @Override
        public String explain(ConnectionInfo client) {
            return limits.explain(client.source());
        }

        @Override
        public void inherit(FilterFactory previous) {
            if (previous instanceof Factory other) {
                limits.inherit(other.limits);
            }
        }

        @Override
        public void close() {
            limits.close();
        }
    }
}
