package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;

/** Makes limits, and connections that are subject to them, with one clock. */
class TestingLimits {
    static final String CLIENT = "192.0.2.1";

    final TestingEnvironment environment = new TestingEnvironment();

    static ConnectionRate rate(Scope per, String rate, int burst) {
        return new ConnectionRate(per, Rate.parse(rate), burst, Exceeded.REJECT, Optional.empty());
    }

    static ConnectionRate delay(Scope per, String rate, int burst, Duration maxDelay) {
        return new ConnectionRate(per, Rate.parse(rate), burst, Exceeded.DELAY, Optional.of(maxDelay));
    }

    static Bandwidth bandwidth(BandwidthDirection direction, BandwidthScope per, String rate, String burst) {
        return new Bandwidth(direction, per, Rate.parse(rate), ByteSize.parse(burst));
    }

    FilterFactory factory(List<ConnectionRate> connections, List<ConcurrentLimit> concurrent,
            Bandwidth... bandwidth) {
        return new RateLimitProvider()
                .create(new RateLimitConfig(connections, concurrent, List.of(bandwidth), 1_000), environment);
    }

    FilterFactory rates(ConnectionRate... limits) {
        return factory(List.of(limits), List.of());
    }

    FilterFactory concurrent(Scope per, int max) {
        return factory(List.of(), List.of(new ConcurrentLimit(per, max)));
    }

    TestingConnection connect(FilterFactory factory, String source) {
        return TestingConnection.of(factory).environment(environment).source(IpAddress.parse(source), 4711).connect();
    }

    TestingConnection connectLocally(FilterFactory factory) {
        return TestingConnection.of(factory).environment(environment).unixClient().connect();
    }
}
