package dev.sluice.filters.ratelimit;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingReload;
import dev.sluice.filters.TestingLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The use of limits over a reload: nothing is forgiven, and a limit stays exact. */
class RateLimitReloadTest extends TestingLimits {
    private final List<TestingReload<?>> reloads = new ArrayList<>();

    private static RateLimitConfig config(List<ConnectionRate> connections, List<ConcurrentLimit> concurrent,
            Bandwidth... bandwidth) {
        return new RateLimitConfig(connections, concurrent, List.of(bandwidth), 1_000);
    }

    private static RateLimitConfig rates(String rate, int burst, Scope per) {
        return config(List.of(rate(per, rate, burst)), List.of());
    }

    private static RateLimitConfig open(Scope per, int max) {
        return config(List.of(), List.of(new ConcurrentLimit(per, max)));
    }

    private TestingReload<RateLimitConfig> serve(RateLimitConfig config) {
        TestingReload<RateLimitConfig> reload = TestingReload.of(new RateLimitProvider(), config, environment);
        reloads.add(reload);
        return reload;
    }

    @AfterEach
    void closeAll() {
        reloads.forEach(TestingReload::close);
    }

    private TestingConnection connect(TestingReload<?> reload) {
        return connect(reload.factory(), CLIENT);
    }

    private int admitted(FilterFactory factory) {
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            try (TestingConnection connection = connect(factory, CLIENT)) {
                admitted += connection.state() == Outcome.State.OPEN ? 1 : 0;
            }
        }
        return admitted;
    }

    // ── connections in a time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @EnumSource(Scope.class)
    void aReloadFillsNoBucket(Scope per) {
        var reload = serve(rates("20/s", 40, per));
        assertEquals(40, admitted(reload.factory()));
        for (int i = 0; i < 10; i++) {
            // Another key of the same limit.
            reload.to(config(List.of(new ConnectionRate(per, Rate.parse("20/s"), 40, Exceeded.DELAY,
                    Optional.of(Duration.ofNanos(1 + i)))), List.of()));
            assertEquals(0, admitted(reload.factory()));
        }
        reload.closeReplaced();
        environment.advance(Duration.ofMillis(500));
        assertEquals(10, admitted(reload.factory()));
    }

    @Test
    void theNewNumbersHoldFromTheFirstConnectionOnForAll() {
        var reload = serve(rates("1/m", 10, Scope.SOURCE));
        FilterFactory old = reload.factory();
        assertEquals(10, admitted(old));
        reload.to(rates("600/m", 10, Scope.SOURCE));
        environment.advance(Duration.ofSeconds(6));
        // Nothing has met the new ones yet.
        assertEquals(0, admitted(old));
        assertEquals(0, admitted(reload.factory()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(0, admitted(reload.factory()));
        environment.advance(Duration.ofMillis(300));
        // A connection that was accepted before the reload, and comes late.
        assertEquals(3, admitted(old));
        assertEquals(0, admitted(reload.factory()));
    }

    @Test
    void aLimitKeepsItsBucketWhereverItStands() {
        ConnectionRate perSecond = rate(Scope.SOURCE, "10/s", 10);
        ConnectionRate perMinute = rate(Scope.SOURCE, "30/m", 15);
        var reload = serve(config(List.of(perSecond, perMinute), List.of()));
        assertEquals(10, admitted(reload.factory()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(5, admitted(reload.factory()));
        reload.to(config(List.of(perMinute, perSecond), List.of()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(1, admitted(reload.factory()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(0, admitted(reload.factory()));
        reload.to(config(List.of(rate(Scope.SOURCE, "60/m", 15), perSecond), List.of()));
        environment.advance(Duration.ofSeconds(60));
        assertEquals(10, admitted(reload.factory()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(6, admitted(reload.factory()));
    }

    @Test
    void aRefusedReloadChangesNothing() {
        var reload = serve(rates("20/s", 40, Scope.SOURCE));
        assertEquals(40, admitted(reload.factory()));
        reload.refused(rates("1/m", 1, Scope.SOURCE));
        reload.refused(rates("10000/s", 1_000, Scope.SOURCE));
        environment.advance(Duration.ofMillis(100));
        assertEquals(2, admitted(reload.factory()));
        reload.to(rates("40/s", 40, Scope.SOURCE));
        assertEquals(0, admitted(reload.factory()));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(0, admitted(reload.factory()));
        environment.advance(Duration.ofMillis(100));
        assertEquals(4, admitted(reload.factory()));
    }

    /** What is built and does not serve costs little: a plan, a refused reload, one whose filter inherits. */
    @Test
    void aFactoryThatDoesNotServeHasNoTable() {
        long before = TableMemory.OF_HEAP.taken();
        var reload = TestingReload.of(new RateLimitProvider(),
                new RateLimitConfig(List.of(rate(Scope.SOURCE, "1/h", 1)), List.of(), List.of(), 100_000), environment);
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[2];
        for (int i = 0; i < allocated.length; i++) {
            long begin = thread.getCurrentThreadAllocatedBytes();
            reload.refused(
                    new RateLimitConfig(List.of(rate(Scope.SOURCE, "2/h", 1)), List.of(), List.of(), 100_000));
            allocated[i] = thread.getCurrentThreadAllocatedBytes() - begin;
        }
        assertTrue(allocated[1] < 50_000, () -> allocated[1] + " bytes");
        assertEquals(before, TableMemory.OF_HEAP.taken());

        assertEquals(1, admitted(reload.factory()));
        long one = TableMemory.OF_HEAP.taken() - before;
        assertTrue(one > 0 && one < 2_000, () -> one + " bytes");
        reload.to(new RateLimitConfig(List.of(rate(Scope.SOURCE, "2/h", 1)), List.of(), List.of(), 100_000));
        assertEquals(0, admitted(reload.factory()));
        reload.closeReplaced();
        assertEquals(one, TableMemory.OF_HEAP.taken() - before, "the heir has it");
        reload.close();
        assertEquals(before, TableMemory.OF_HEAP.taken());
    }

    @Test
    void aTableThatDoesNotFitIntoTheHeapIsRefused() {
        List<ConnectionRate> most = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            most.add(rate(Scope.SOURCE, "1/h", 1));
        }
        int fits = (int) Math.min(10_000_000, SourceTable.sourcesIn(TableMemory.OF_HEAP.most(), 8));
        if (fits < 10_000_000) {
            ConfigException refused = assertThrows(ConfigException.class,
                    () -> serve(new RateLimitConfig(most, List.of(), List.of(), 10_000_000)));
            assertEquals("tableSize", refused.key());
            assertEquals("here at most " + fits + "; more with a larger heap (-Xmx)", refused.allowed());
        }
        serve(new RateLimitConfig(most, List.of(), List.of(), fits));
    }

    @Test
    void otherScopesAndTablesStartAnewAndTheLogSaysSo() {
        var reload = serve(rates("1/h", 5, Scope.SOURCE));
        try (TestingLog log = new TestingLog(environment)) {
            assertEquals(5, admitted(reload.factory()));
            reload.to(rates("1/h", 5, Scope.LISTENER));
            assertEquals(5, admitted(reload.factory()));
            reload.to(new RateLimitConfig(List.of(rate(Scope.LISTENER, "1/h", 5)), List.of(), List.of(), 7));
            assertEquals(0, admitted(reload.factory()), "there is no table");
            assertEquals(1, log.messages().size(), log.messages()::toString);
            reload.to(rates("1/h", 5, Scope.SOURCE));
            assertEquals(5, admitted(reload.factory()));
            reload.to(new RateLimitConfig(List.of(rate(Scope.SOURCE, "1/h", 5)), List.of(), List.of(), 7));
            assertEquals(5, admitted(reload.factory()));
            assertEquals(3, log.messages().size(), log.messages()::toString);
            assertEquals(
                    "WARNING counts and buckets start anew, because tableSize or the scopes of the limits have changed",
                    log.messages().getFirst());
        }
    }

    /**
     * Old and new factories admit at the same time, from many loops, while others are made; some of those never serve.
     * Time stands still within a round, so the numbers are exact.
     */
    @ParameterizedTest
    @CsvSource({"20/s, 40, 20/s, 40", "40/s, 40, 20/s, 40", "20/s, 10, 100/s, 90", "7/m, 30, 600/m, 30",
        "30/s, 5, 3/s, 50"})
    void exactOverTenReloadsWithOldAndNewAtOnce(String rate, int burst, String otherRate, int otherBurst)
            throws Exception {
        List<ConnectionRate> limits = List.of(rate(Scope.SOURCE, rate, burst),
                rate(Scope.SOURCE, otherRate, otherBurst));
        List<FilterFactory> factories = new CopyOnWriteArrayList<>();
        factories.add(factory(limits.subList(0, 1), List.of()));
        TestingMeter meter = new TestingMeter();
        Random clock = new Random(burst);
        long begin = environment.nanoTime();
        int rounds = 110;
        for (int round = 0; round < rounds; round++) {
            boolean reload = round % 10 == 9;
            ConnectionRate next = limits.get(round / 10 % 2);
            TestingThreads.run(thread -> {
                Random random = new Random(thread);
                for (int i = 0; i < 40; i++) {
                    if (thread == 0 && i == 10 && reload) {
                        FilterFactory previous = factories.getLast();
                        FilterFactory refused = factory(List.of(next), List.of());
                        refused.inherit(previous);
                        refused.close();
                        FilterFactory heir = factory(List.of(new ConnectionRate(Scope.SOURCE, next.rate(), next.burst(),
                                Exceeded.REJECT, Optional.empty())), List.of());
                        heir.inherit(previous);
                        factories.add(heir);
                    }
                    FilterFactory one = factories.get(random.nextInt(factories.size()));
                    try (TestingConnection connection = connect(one, CLIENT)) {
                        if (connection.state() == Outcome.State.OPEN) {
                            meter.pass(environment.nanoTime() - begin, 1);
                        }
                    }
                }
            });
            environment.advance(Duration.ofNanos((long) (2e9 * Math.pow(clock.nextDouble(), 3))));
        }
        assertEquals(1 + rounds / 10, factories.size());
        Rate first = Rate.parse(rate);
        Rate second = Rate.parse(otherRate);
        boolean firstIsFaster = first.amount() * second.perNanos() >= second.amount() * first.perNanos();
        meter.assertWithin(firstIsFaster ? first : second, Math.max(burst, otherBurst), 1);
        assertTrue(meter.total() > Math.max(burst, otherBurst), () -> "only " + meter.total());
    }

    // ── connections at once ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @EnumSource(Scope.class)
    void connectionsOfFormerConfigurationsCount(Scope per) {
        var reload = serve(open(per, 3));
        List<TestingConnection> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(connect(reload));
        }
        reload.to(open(per, 2));
        assertEquals(0, admitted(reload.factory()));
        open.removeFirst().close();
        assertEquals(0, admitted(reload.factory()));
        open.removeFirst().close();
        assertEquals(100, admitted(reload.factory()));
        reload.to(open(per, 4));
        for (int i = 0; i < 3; i++) {
            open.add(connect(reload));
        }
        assertEquals(List.of(), open.stream().filter(it -> it.state() != Outcome.State.OPEN).toList());
        assertEquals(0, admitted(reload.factory()));
        open.forEach(TestingConnection::close);
        reload.closeReplaced();
        open.clear();
        for (int i = 0; i < 6; i++) {
            open.add(connect(reload));
        }
        assertEquals(4, open.stream().filter(it -> it.state() == Outcome.State.OPEN).count());
        open.forEach(TestingConnection::close);
    }

    // ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static RateLimitConfig bytes(BandwidthScope per, String rate, String burst) {
        return config(List.of(), List.of(), bandwidth(BandwidthDirection.CLIENT_TO_UPSTREAM, per, rate, burst));
    }

    private static int passed(TestingConnection connection) {
        return connection.forwarded(CLIENT_TO_UPSTREAM).length;
    }

    /** A listener has one bandwidth, and its operator means all of its connections. */
    @ParameterizedTest
    @EnumSource(value = BandwidthScope.class, names = {"SOURCE", "LISTENER"})
    void sharedBandwidthIsThatOfTheNewestConfigurationForAll(BandwidthScope per) {
        var reload = serve(bytes(per, "1MiB/s", "1MiB"));
        try (TestingConnection old = connect(reload)) {
            old.client(new byte[8 << 20]);
            assertEquals(1 << 20, passed(old));
            reload.to(bytes(per, "256KiB/s", "256KiB"));
            try (TestingConnection next = connect(reload)) {
                next.client(new byte[8 << 20]);
                assertEquals(0, passed(next));
                for (int i = 0; i < 100; i++) {
                    old.advance(Duration.ofMillis(100));
                    next.advance(Duration.ZERO);
                }
                int both = passed(old) - (1 << 20) + passed(next);
                int due = 10 * (256 << 10);
                assertTrue(both <= due + 1 && both > due * 9 / 10, () -> both + " of " + due + " bytes");
            }
        }
    }

    @Test
    void aConnectionKeepsItsOwnBandwidth() {
        var reload = serve(bytes(BandwidthScope.CONNECTION, "1MiB/s", "1MiB"));
        try (TestingConnection old = connect(reload)) {
            reload.to(bytes(BandwidthScope.CONNECTION, "64KiB/s", "64KiB"));
            try (TestingConnection next = connect(reload)) {
                old.client(new byte[8 << 20]);
                next.client(new byte[8 << 20]);
                assertEquals(1 << 20, passed(old));
                assertEquals(64 << 10, passed(next));
            }
        }
    }

    @Test
    void aSourceThatIsOverItsLimitIsNotForgottenByAReload() {
        var reload = serve(rates("1/h", 1, Scope.SOURCE));
        for (int i = 0; i < 500; i++) {
            TestingConnection.of(reload.factory()).environment(environment).source(IpAddress.ofIpv4(i), 1).connect()
                    .close();
        }
        reload.to(rates("2/h", 1, Scope.SOURCE));
        for (int i = 0; i < 500; i++) {
            try (TestingConnection again = TestingConnection.of(reload.factory()).environment(environment)
                    .source(IpAddress.ofIpv4(i), 1).connect()) {
                assertEquals(Outcome.State.REJECTED, again.state());
            }
        }
    }
}
