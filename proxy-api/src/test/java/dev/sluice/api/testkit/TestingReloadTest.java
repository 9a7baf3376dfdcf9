package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TestingReloadTest {
    /** Lets so many connections pass, over all configurations. */
    private static final class Quota implements FilterProvider<Quota.Config> {
        record Config(int max) {}

        private final List<String> closed = new ArrayList<>();

        @Override
        public String type() {
            return "quota";
        }

        @Override
        public Class<Config> configType() {
            return Config.class;
        }

        @Override
        public FilterFactory create(Config config, FilterEnvironment environment) {
            return new Factory(config.max());
        }

        private final class Factory implements FilterFactory, ConnectionFilter {
            private final int max;
            private AtomicInteger used = new AtomicInteger();

            Factory(int max) {
                this.max = max;
            }

            @Override
            public void inherit(FilterFactory previous) {
                if (max < 0) {
                    throw new IllegalStateException("less than nothing");
                }
                used = ((Factory) previous).used;
            }

            @Override
            public FilterTraits traits() {
                return FilterTraits.connectionOnly();
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return this;
            }

            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                return used.incrementAndGet() <= max ? ConnectDecision.ACCEPT : ConnectDecision.REJECT;
            }

            @Override
            public void close() {
                closed.add("quota of " + max);
            }
        }
    }

    private final Quota quota = new Quota();

    private static Outcome.State connect(TestingReload<Quota.Config> reload) {
        try (TestingConnection connection = reload.connection().connect()) {
            return connection.state();
        }
    }

    @Test
    void theNewFactoryHasTheCountsOfTheOldOne() {
        try (var reload = TestingReload.of(quota, new Quota.Config(1))) {
            assertEquals(Outcome.State.OPEN, connect(reload));
            assertEquals(Outcome.State.REJECTED, connect(reload));
            reload.to(new Quota.Config(3));
            assertEquals(Outcome.State.OPEN, connect(reload));
            assertEquals(Outcome.State.REJECTED, connect(reload));
        }
        assertEquals(List.of("quota of 1", "quota of 3"), quota.closed);
    }

    @Test
    void aConnectionKeepsItsFactoryAndTheClockIsOne() {
        TestingEnvironment environment = new TestingEnvironment();
        try (var reload = TestingReload.of(quota, new Quota.Config(1), environment)) {
            assertSame(environment, reload.environment());
            FilterFactory first = reload.factory();
            try (TestingConnection open = reload.connection().connect()) {
                reload.to(new Quota.Config(2));
                assertNotSame(first, reload.factory());
                environment.advance(Duration.ofSeconds(1));
                open.client("x");
                assertEquals(Outcome.State.OPEN, open.state());
            }
            assertEquals(List.of(), quota.closed);
            reload.closeReplaced();
            assertEquals(List.of("quota of 1"), quota.closed);
            assertEquals(Outcome.State.OPEN, connect(reload));
        }
    }

    @Test
    void aRefusedReloadChangesNothing() {
        try (var reload = TestingReload.of(quota, new Quota.Config(2))) {
            FilterFactory first = reload.factory();
            reload.refused(new Quota.Config(0));
            assertSame(first, reload.factory());
            assertEquals(List.of("quota of 0"), quota.closed);
            assertEquals(Outcome.State.OPEN, connect(reload));
        }
    }

    @Test
    void whatMustNotThrowFailsTheTest() {
        try (var reload = TestingReload.of(quota, new Quota.Config(2))) {
            var error = assertThrows(AssertionError.class, () -> reload.to(new Quota.Config(-1)));
            assertEquals("inherit must not throw, but threw java.lang.IllegalStateException: less than nothing",
                    error.getMessage());
            assertEquals(List.of("quota of -1"), quota.closed);
            assertEquals(Outcome.State.OPEN, connect(reload));
        }
    }

    /** By default nothing is inherited, and nothing breaks. */
    @Test
    void aFactoryMayStartAnew() {
        TestingFilter first = new TestingFilter(FilterTraits.connectionOnly());
        TestingFilter second = new TestingFilter(FilterTraits.connectionOnly());
        second.inherit(first);
        assertEquals(List.of(), second.calls);
    }
}
