package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** P9: a limit is exact, however many event loops share it. */
class SharedLimitsTest {
    private final TestingEnvironment environment = new TestingEnvironment();

    private FilterFactory factory(List<ConnectionRate> connections, List<ConcurrentLimit> concurrent,
            List<Bandwidth> bandwidth) {
        return new RateLimitProvider().create(new RateLimitConfig(connections, concurrent, bandwidth, 100),
                environment);
    }

    private TestingConnection connect(FilterFactory factory, int source) {
        return TestingConnection.of(factory).environment(environment).source(IpAddress.ofIpv4(source), 4711).connect();
    }

    private static boolean isOpen(TestingConnection connection) {
        return connection.state() == Outcome.State.OPEN;
    }

    @Test
    void connectionsAtOnce() throws Exception {
        int maxOfSource = 5;
        int maxOfListener = 12;
        int sources = 4;
        FilterFactory factory = factory(List.of(),
                List.of(new ConcurrentLimit(Scope.SOURCE, maxOfSource),
                        new ConcurrentLimit(Scope.LISTENER, maxOfListener)),
                List.of());
        AtomicInteger[] ofSource = new AtomicInteger[sources];
        Arrays.setAll(ofSource, i -> new AtomicInteger());
        AtomicInteger ofListener = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        TestingThreads.run(thread -> {
            Random random = new Random(thread);
            List<Runnable> open = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                int source = random.nextInt(sources);
                TestingConnection connection = connect(factory, source);
                if (isOpen(connection)) {
                    assertTrue(ofSource[source].incrementAndGet() <= maxOfSource);
                    assertTrue(ofListener.incrementAndGet() <= maxOfListener);
                    open.add(() -> {
                        ofSource[source].decrementAndGet();
                        ofListener.decrementAndGet();
                        connection.close();
                    });
                } else {
                    refused.incrementAndGet();
                }
                if (open.size() > random.nextInt(4)) {
                    open.remove(random.nextInt(open.size())).run();
                }
            }
            open.forEach(Runnable::run);
        });
        assertTrue(refused.get() > 0, "the limits were never met");
        // All was given back, once.
        List<TestingConnection> last = new ArrayList<>();
        for (int i = 0; i < 2 * maxOfListener; i++) {
            last.add(connect(factory, i % sources));
        }
        assertEquals(maxOfListener, last.stream().filter(SharedLimitsTest::isOpen).count());
        last.forEach(TestingConnection::close);
        for (int i = 0; i < 2 * maxOfSource; i++) {
            last.add(connect(factory, 0));
        }
        assertEquals(maxOfSource, last.stream().filter(SharedLimitsTest::isOpen).count());
    }

    /** Time stands still while all loops try, so the number is exact. */
    @ParameterizedTest
    @EnumSource(Scope.class)
    void connectionsInATime(Scope per) throws Exception {
        FilterFactory factory = factory(
                List.of(new ConnectionRate(per, Rate.parse("1000/s"), 40, Exceeded.REJECT, Optional.empty())),
                List.of(), List.of());
        int due = 40;
        for (int round = 0; round < 50; round++) {
            AtomicInteger admitted = new AtomicInteger();
            TestingThreads.run(thread -> {
                for (int i = 0; i < 50; i++) {
                    try (TestingConnection connection = connect(factory, 1)) {
                        admitted.addAndGet(isOpen(connection) ? 1 : 0);
                    }
                }
            });
            assertEquals(due, admitted.get());
            due = round % 30;
            environment.advance(Duration.ofMillis(due));
        }
    }

    @ParameterizedTest
    @EnumSource(value = BandwidthScope.class, names = {"SOURCE", "LISTENER"})
    void bytes(BandwidthScope per) throws Exception {
        int burst = 1 << 20;
        int read = 16 << 10;
        FilterFactory factory = factory(List.of(), List.of(), List.of(new Bandwidth(
                BandwidthDirection.CLIENT_TO_UPSTREAM, per, Rate.parse("1MiB/s"), new ByteSize(burst))));
        AtomicLong passed = new AtomicLong();
        TestingThreads.run(thread -> {
            try (TestingConnection connection = TestingConnection.of(factory).environment(environment)
                    .source(IpAddress.ofIpv4(1), thread).readBuffer(read).connect()) {
                connection.client(new byte[burst]);
                passed.addAndGet(connection.forwarded(CLIENT_TO_UPSTREAM).length);
            }
        });
        // Rounding costs a nanosecond for each read, and that is not a byte; a read that would be too small waits.
        long most = burst + (TestingThreads.COUNT - 1L) * read;
        assertTrue(passed.get() > burst - read && passed.get() <= most, () -> passed.get() + " bytes");
    }
}
