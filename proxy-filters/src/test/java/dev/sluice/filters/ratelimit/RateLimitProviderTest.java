package dev.sluice.filters.ratelimit;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;
import dev.sluice.filters.TestingFactory;
import dev.sluice.filters.TestingLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RateLimitProviderTest {
    private static final String CLIENT = "192.0.2.1";

    private final TestingEnvironment environment = new TestingEnvironment();

    private static ConnectionRate rate(Scope per, String rate, int burst) {
        return new ConnectionRate(per, Rate.parse(rate), burst, Exceeded.REJECT, Optional.empty());
    }

    private static ConnectionRate delay(Scope per, String rate, int burst, Duration maxDelay) {
        return new ConnectionRate(per, Rate.parse(rate), burst, Exceeded.DELAY, Optional.of(maxDelay));
    }

    private static Bandwidth bandwidth(BandwidthDirection direction, BandwidthScope per, String rate, String burst) {
        return new Bandwidth(direction, per, Rate.parse(rate), ByteSize.parse(burst));
    }

    private FilterFactory factory(List<ConnectionRate> connections, List<ConcurrentLimit> concurrent,
            Bandwidth... bandwidth) {
        return new RateLimitProvider()
                .create(new RateLimitConfig(connections, concurrent, List.of(bandwidth), 1_000), environment);
    }

    private FilterFactory rates(ConnectionRate... limits) {
        return factory(List.of(limits), List.of());
    }

    private FilterFactory concurrent(Scope per, int max) {
        return factory(List.of(), List.of(new ConcurrentLimit(per, max)));
    }

    private TestingConnection connect(FilterFactory factory, String source) {
        return TestingConnection.of(factory).environment(environment).source(IpAddress.parse(source), 4711).connect();
    }

    private TestingConnection connectLocally(FilterFactory factory) {
        return TestingConnection.of(factory).environment(environment).unixClient().connect();
    }

    /** How many of so many connections get in, one after the other. */
    private int admitted(FilterFactory factory, String source, int connections) {
        int admitted = 0;
        for (int i = 0; i < connections; i++) {
            try (TestingConnection connection = connect(factory, source)) {
                admitted += connection.state() == Outcome.State.OPEN ? 1 : 0;
            }
        }
        return admitted;
    }

    private static void assertRejected(String reason, TestingConnection connection) {
        try (connection) {
            assertEquals(Outcome.State.REJECTED, connection.state());
            assertEquals(CloseReason.FILTER_REJECTED, connection.closeReason());
            assertEquals(reason, connection.explanation());
        }
    }

    // ── connections in a time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void aSourceHasItsBurstAndThenItsRate() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "20/s", 40));
        assertEquals(40, admitted(factory, CLIENT, 100));
        environment.advance(Duration.ofMillis(500));
        assertEquals(10, admitted(factory, CLIENT, 100));
        assertRejected("source 192.0.2.1 above 20/s", connect(factory, CLIENT));
        // And its other spelling is no other source.
        assertRejected("source 192.0.2.1 above 20/s", connect(factory, "::ffff:192.0.2.1"));
        assertEquals(40, admitted(factory, "192.0.2.2", 100));
    }

    @Test
    void aCustomerWithAnIpv6PrefixIsOneSource() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "20/s", 2));
        assertEquals(1, admitted(factory, "2001:db8:0:1::1", 1));
        assertEquals(1, admitted(factory, "2001:db8:0:1:ffff::2", 5));
        assertRejected("source 2001:db8:0:1::/64 above 20/s", connect(factory, "2001:db8:0:1::3"));
        assertEquals(2, admitted(factory, "2001:db8:0:2::1", 5));
    }

    @Test
    void clientsWithoutAddressAreOneSource() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "20/s", 1));
        connectLocally(factory).close();
        assertRejected("clients without an address above 20/s", connectLocally(factory));
        assertEquals(1, admitted(factory, CLIENT, 2));
    }

    @Test
    void theListenerHasARateForAll() {
        FilterFactory factory = rates(rate(Scope.LISTENER, "100/s", 3));
        assertEquals(2, admitted(factory, CLIENT, 2));
        assertEquals(1, admitted(factory, "192.0.2.2", 2));
        assertRejected("the listener above 100/s", connect(factory, "192.0.2.3"));
    }

    /** Otherwise a client that is refused because of its own rate could use up that of all. */
    @Test
    void aRefusedConnectionCostsTheOtherLimitsNothing() {
        FilterFactory factory = rates(rate(Scope.LISTENER, "1/h", 10), rate(Scope.SOURCE, "1/h", 2));
        assertEquals(2, admitted(factory, CLIENT, 100));
        assertEquals(2, admitted(factory, "192.0.2.2", 100));
        for (int i = 3; i <= 5; i++) {
            assertEquals(2, admitted(factory, "192.0.2." + i, 100));
        }
        assertEquals(0, admitted(factory, "192.0.2.6", 1));

        FilterFactory reverse = rates(rate(Scope.SOURCE, "1/h", 2), rate(Scope.LISTENER, "60/m", 1));
        assertEquals(1, admitted(reverse, CLIENT, 100));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(1, admitted(reverse, CLIENT, 100));
        environment.advance(Duration.ofSeconds(1));
        assertRejected("source 192.0.2.1 above 1/h", connect(reverse, CLIENT));
    }

    @Test
    void severalRatesMustAllBeKept() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "10/s", 10), rate(Scope.SOURCE, "30/m", 15));
        assertEquals(10, admitted(factory, CLIENT, 100));
        environment.advance(Duration.ofSeconds(1));
        assertEquals(5, admitted(factory, CLIENT, 100));
        assertRejected("source 192.0.2.1 above 30/m", connect(factory, CLIENT));
    }

    // ── waiting ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void whoComesTooEarlyMayWait() {
        FilterFactory factory = rates(delay(Scope.SOURCE, "10/s", 1, Duration.ofMillis(200)));
        try (TestingConnection first = connect(factory, CLIENT);
                TestingConnection second = connect(factory, CLIENT);
                TestingConnection third = connect(factory, CLIENT)) {
            assertFalse(first.suspended(CLIENT_TO_UPSTREAM));
            assertTrue(second.suspended(CLIENT_TO_UPSTREAM));
            assertRejected("source 192.0.2.1 above 10/s", connect(factory, CLIENT));
            second.client("x");
            second.advance(Duration.ofMillis(100).minusNanos(1));
            assertTrue(second.suspended(CLIENT_TO_UPSTREAM));
            assertEquals("", second.forwardedText(CLIENT_TO_UPSTREAM));
            second.advance(Duration.ofNanos(1));
            assertEquals("x", second.forwardedText(CLIENT_TO_UPSTREAM));
            assertTrue(third.suspended(CLIENT_TO_UPSTREAM));
            third.advance(Duration.ofMillis(100));
            assertFalse(third.suspended(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void theLongestWaitCounts() {
        FilterFactory factory = rates(delay(Scope.SOURCE, "10/s", 1, Duration.ofSeconds(1)),
                delay(Scope.LISTENER, "1/s", 1, Duration.ofSeconds(1)));
        connect(factory, CLIENT).close();
        try (TestingConnection waiting = connect(factory, CLIENT)) {
            waiting.advance(Duration.ofSeconds(1).minusNanos(1));
            assertTrue(waiting.suspended(CLIENT_TO_UPSTREAM));
            waiting.advance(Duration.ofNanos(1));
            assertFalse(waiting.suspended(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void whoWaitsIsCountedAsConcurrent() {
        FilterFactory factory = factory(List.of(delay(Scope.SOURCE, "10/s", 1, Duration.ofSeconds(1))),
                List.of(new ConcurrentLimit(Scope.SOURCE, 2)));
        try (TestingConnection first = connect(factory, CLIENT);
                TestingConnection second = connect(factory, CLIENT)) {
            assertTrue(second.suspended(CLIENT_TO_UPSTREAM));
            assertRejected("source 192.0.2.1 has 2 connections, its maximum", connect(factory, CLIENT));
            second.clientReset();
            try (TestingConnection third = connect(factory, CLIENT)) {
                assertTrue(third.suspended(CLIENT_TO_UPSTREAM));
            }
            assertEquals(Outcome.State.OPEN, first.state());
        }
    }

    // ── connections at once ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @EnumSource(Scope.class)
    void aConnectionThatEndsMakesRoomForOne(Scope per) {
        FilterFactory factory = concurrent(per, 3);
        List<TestingConnection> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(connect(factory, CLIENT));
        }
        String reason = per == Scope.SOURCE
                ? "source 192.0.2.1 has 3 connections, its maximum"
                : "the listener has 3 connections, its maximum";
        for (CloseReason ending : List.of(CloseReason.IDLE_TIMEOUT, CloseReason.OPERATOR, CloseReason.CLIENT_RESET)) {
            assertRejected(reason, connect(factory, CLIENT));
            open.removeFirst().end(ending);
            open.add(connect(factory, CLIENT));
            assertEquals(Outcome.State.OPEN, open.getLast().state());
        }
        assertRejected(reason, connect(factory, CLIENT));
        assertEquals(per == Scope.SOURCE ? 1 : 0, admitted(factory, "192.0.2.2", 1));
        open.forEach(TestingConnection::close);
        assertEquals(3, admitted(factory, CLIENT, 3));
    }

    @Test
    void whoIsRefusedByOneLimitIsNotCountedByAnother() {
        FilterFactory factory = factory(List.of(rate(Scope.SOURCE, "1/s", 3)),
                List.of(new ConcurrentLimit(Scope.SOURCE, 2), new ConcurrentLimit(Scope.LISTENER, 3)));
        TestingConnection first = connect(factory, CLIENT);
        TestingConnection second = connect(factory, CLIENT);
        assertRejected("source 192.0.2.1 has 2 connections, its maximum", connect(factory, CLIENT));
        TestingConnection third = connect(factory, "192.0.2.2");
        assertRejected("the listener has 3 connections, its maximum", connect(factory, "192.0.2.3"));
        second.close();
        // Those who were refused took no token: the third one is there.
        TestingConnection fourth = connect(factory, CLIENT);
        assertEquals(Outcome.State.OPEN, fourth.state());
        fourth.close();
        // Refused for its rate, it holds neither its source nor the listener.
        assertRejected("source 192.0.2.1 above 1/s", connect(factory, CLIENT));
        environment.advance(Duration.ofSeconds(1));
        TestingConnection fifth = connect(factory, CLIENT);
        assertEquals(List.of(Outcome.State.OPEN, Outcome.State.OPEN, Outcome.State.OPEN),
                List.of(first.state(), third.state(), fifth.state()));
        List.of(first, third, fifth).forEach(TestingConnection::close);
    }

    /** The proxy closes filters of connections that another filter has refused before this one was asked. */
    @Test
    void whoNeverEnteredDoesNotLeave() {
        TestingFactory factory = new TestingFactory(concurrent(Scope.LISTENER, 1));
        try (TestingConnection open = connect(factory, CLIENT)) {
            assertRejected("the listener has 1 connections, its maximum", connect(factory, CLIENT));
            assertEquals(2, factory.made().size());
            assertRejected("the listener has 1 connections, its maximum", connect(factory, CLIENT));
            assertEquals(Outcome.State.OPEN, open.state());
        }
    }

    // ── bytes in a time ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @EnumSource(BandwidthScope.class)
    void bytesKeepToTheRate(BandwidthScope per) {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.UPSTREAM_TO_CLIENT, per, "1MiB/s", "256KiB"));
        try (TestingConnection connection = connect(factory, CLIENT)) {
            connection.upstream(new byte[4 << 20]);
            connection.client(new byte[1 << 20]);
            assertEquals(1 << 20, connection.forwarded(CLIENT_TO_UPSTREAM).length);
            TestingMeter meter = new TestingMeter();
            int before = 0;
            for (int millis = 0; millis <= 3_000; millis++) {
                int now = connection.forwarded(UPSTREAM_TO_CLIENT).length;
                meter.pass(Duration.ofMillis(millis).toNanos(), now - before);
                before = now;
                connection.advance(Duration.ofMillis(1));
            }
            // A millisecond is how exactly this test looks.
            Rate rate = Rate.parse("1MiB/s");
            meter.assertWithin(rate, 256 << 10, 1 + (1 << 20) / 1_000);
            meter.assertReached(rate, Duration.ofSeconds(3).toNanos(), 98);
        }
    }

    @Test
    void eachConnectionHasBytesOfItsOwn() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.CLIENT_TO_UPSTREAM, BandwidthScope.CONNECTION, "1KiB/s", "4KiB"));
        for (int i = 0; i < 3; i++) {
            try (TestingConnection connection = connect(factory, CLIENT)) {
                connection.client(new byte[8 << 10]);
                assertEquals(4 << 10, connection.forwarded(CLIENT_TO_UPSTREAM).length);
            }
        }
    }

    @Test
    void connectionsOfASourceShare() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.BOTH, BandwidthScope.SOURCE, "1KiB/s", "4KiB"));
        try (TestingConnection first = connect(factory, CLIENT);
                TestingConnection second = connect(factory, CLIENT);
                TestingConnection other = connect(factory, "192.0.2.2")) {
            first.client(new byte[3 << 10]);
            second.upstream(new byte[3 << 10]);
            assertEquals(1 << 10, second.forwarded(UPSTREAM_TO_CLIENT).length);
            first.client("x");
            assertEquals(1, first.unreadBytes(CLIENT_TO_UPSTREAM));
            other.client(new byte[4 << 10]);
            assertEquals(0, other.unreadBytes(CLIENT_TO_UPSTREAM));
        }
        // The bucket outlives the connections, as long as it is not full.
        try (TestingConnection third = connect(factory, CLIENT)) {
            third.client("x");
            assertEquals(1, third.unreadBytes(CLIENT_TO_UPSTREAM));
            environment.advance(Duration.ofSeconds(4));
            // One byte less, for the nanosecond that is lost when the first one is rounded.
            third.client(new byte[(4 << 10) - 2]);
            assertEquals(0, third.unreadBytes(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void connectionsOfAListenerShare() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.BOTH, BandwidthScope.LISTENER, "1KiB/s", "4KiB"));
        try (TestingConnection first = connect(factory, CLIENT);
                TestingConnection second = connect(factory, "192.0.2.2")) {
            first.client(new byte[3 << 10]);
            second.upstream(new byte[3 << 10]);
            assertEquals(1 << 10, second.forwarded(UPSTREAM_TO_CLIENT).length);
        }
    }

    @Test
    void theTightestOfSeveralCounts() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.CLIENT_TO_UPSTREAM, BandwidthScope.LISTENER, "10MiB/s", "1MiB"),
                bandwidth(BandwidthDirection.BOTH, BandwidthScope.SOURCE, "100KiB/s", "100KiB"),
                bandwidth(BandwidthDirection.CLIENT_TO_UPSTREAM, BandwidthScope.CONNECTION, "10KiB/s", "10KiB"));
        try (TestingConnection connection = connect(factory, CLIENT)) {
            connection.client(new byte[200 << 10]);
            assertEquals(10 << 10, connection.forwarded(CLIENT_TO_UPSTREAM).length);
            connection.upstream(new byte[200 << 10]);
            assertEquals(90 << 10, connection.forwarded(UPSTREAM_TO_CLIENT).length);
            connection.advance(Duration.ofMillis(1_100));
            assertEquals(20 << 10, connection.forwarded(CLIENT_TO_UPSTREAM).length, 1 << 10);
        }
    }

    /** One wake-up for each 20 ms of a fast rate, one for each KiB of a slow one. */
    @Test
    void aClosedGateWaitsForWhatIsWorthAWakeUp() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(BandwidthDirection.CLIENT_TO_UPSTREAM, BandwidthScope.CONNECTION, "10MiB/s", "1MiB"),
                bandwidth(BandwidthDirection.UPSTREAM_TO_CLIENT, BandwidthScope.CONNECTION, "8KiB/s", "64KiB"));
        try (TestingConnection connection = connect(factory, CLIENT)) {
            connection.client(new byte[1 << 20]);
            assertEquals(0, connection.readable(CLIENT_TO_UPSTREAM, 64 << 10));
            assertEquals(20, Math.round(connection.retryAfter(CLIENT_TO_UPSTREAM).toNanos() / 1e6));
            connection.upstream(new byte[64 << 10]);
            assertEquals(0, connection.readable(UPSTREAM_TO_CLIENT, 64 << 10));
            assertEquals(125, Math.round(connection.retryAfter(UPSTREAM_TO_CLIENT).toNanos() / 1e6));
        }
    }

    // ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void sourcesWithoutRoomAreRefusedAndTheLogSaysSo() {
        FilterFactory factory = new RateLimitProvider().create(new RateLimitConfig(
                List.of(rate(Scope.SOURCE, "1/h", 1)), List.of(), List.of(), 1_000), environment);
        Random random = new Random(10);
        Set<IpAddress> admitted = new HashSet<>();
        int full = 0;
        try (TestingLog log = new TestingLog(environment)) {
            for (int i = 0; i < 50_000; i++) {
                IpAddress source = IpAddress.ofIpv4(random.nextInt());
                try (TestingConnection connection = TestingConnection.of(factory).environment(environment)
                        .source(source, 4711).connect()) {
                    if (connection.state() == Outcome.State.OPEN) {
                        assertTrue(admitted.add(source), source::toString);
                    } else if ("no room for another source: tableSize 1000".equals(connection.explanation())) {
                        full++;
                    }
                }
            }
            assertTrue(admitted.size() >= 1_000 && admitted.size() <= 2_050, () -> admitted.size() + " sources");
            assertTrue(full > 45_000);
            assertEquals(1, log.messages().size(), log.messages()::toString);
            assertTrue(log.messages().getFirst().startsWith(
                    "WARNING no room for more sources: connections of new ones are refused, 1 so far. tableSize is 1000"));
            environment.advance(Duration.ofMinutes(1));
            while (log.messages().size() < 2) {
                connect(factory, IpAddress.ofIpv4(random.nextInt()).toString()).close();
            }
            assertTrue(log.messages().getLast().contains("refused, " + (full + 1) + " so far"),
                    log.messages()::toString);
        }
    }

    // ── what a connection costs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    private List<ConnectionFilter> made(FilterFactory real) {
        TestingFactory factory = new TestingFactory(real);
        connect(factory, CLIENT).close();
        connect(factory, CLIENT).close();
        return factory.made();
    }

    private void assertShared(boolean shared, boolean gate, FilterFactory factory) {
        List<ConnectionFilter> made = made(factory);
        // Filters have no equality but that of the object.
        assertEquals(shared, made.getFirst().equals(made.getLast()));
        assertEquals(gate, made.getFirst() instanceof ReadGate);
    }

    @Test
    void whatNeedsNoMemoryOfAConnectionIsShared() {
        List<ConnectionRate> rates = List.of(rate(Scope.SOURCE, "20/s", 40), rate(Scope.LISTENER, "20/s", 40));
        Bandwidth ofListener = bandwidth(BandwidthDirection.BOTH, BandwidthScope.LISTENER, "1MiB/s", "1MiB");
        assertShared(true, false, factory(rates, List.of()));
        assertShared(true, true, factory(rates, List.of(), ofListener));
        assertShared(false, false, concurrent(Scope.LISTENER, 2));
        assertShared(false, false, concurrent(Scope.SOURCE, 2));
        assertShared(false, true, factory(List.of(), List.of(new ConcurrentLimit(Scope.LISTENER, 2)), ofListener));
        for (BandwidthScope per : List.of(BandwidthScope.SOURCE, BandwidthScope.CONNECTION)) {
            assertShared(false, true,
                    factory(List.of(), List.of(), bandwidth(BandwidthDirection.BOTH, per, "1MiB/s", "1MiB")));
        }
    }

    /** Whatever is limited, a connection costs 64 bytes at most, and being asked costs nothing. */
    @Test
    void aConnectionCostsLittle() {
        Bandwidth own = bandwidth(BandwidthDirection.BOTH, BandwidthScope.CONNECTION, "1MiB/s", "1MiB");
        FilterFactory factory = factory(List.of(rate(Scope.SOURCE, "20/s", 40)),
                List.of(new ConcurrentLimit(Scope.SOURCE, 10), new ConcurrentLimit(Scope.LISTENER, 10)), own, own, own,
                bandwidth(BandwidthDirection.BOTH, BandwidthScope.SOURCE, "1MiB/s", "1MiB"),
                bandwidth(BandwidthDirection.BOTH, BandwidthScope.LISTENER, "1MiB/s", "1MiB"));
        TestingAllocations allocations = new TestingAllocations(factory);
        try (TestingConnection connection = connect(allocations, CLIENT)) {
            ReadGate gate = assertInstanceOf(ReadGate.class, allocations.last());
            assertTrue(allocations.bytes() <= 64, () -> allocations.bytes() + " bytes");
            var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long now = environment.nanoTime();
            long[] allocated = new long[3];
            for (int i = 0; i < allocated.length; i++) {
                long before = thread.getCurrentThreadAllocatedBytes();
                for (int read = 0; read < 10_000; read++) {
                    now += 1_000_000;
                    int permitted = gate.permits(Direction.CLIENT_TO_UPSTREAM, 1_000, now);
                    gate.consumed(Direction.CLIENT_TO_UPSTREAM, Math.min(permitted, 900), now);
                    now = Math.max(now, gate.retryAtNanos(Direction.CLIENT_TO_UPSTREAM, now));
                }
                allocated[i] = thread.getCurrentThreadAllocatedBytes() - before;
            }
            assertTrue(allocated[2] < 10_000, () -> allocated[2] + " bytes");
            assertEquals(Outcome.State.OPEN, connection.state());
        }
    }

    /** Measures what a filter costs when it is made. */
    private static final class TestingAllocations implements FilterFactory {
        private final FilterFactory real;
        private ConnectionFilter last;
        private long bytes;

        TestingAllocations(FilterFactory real) {
            this.real = real;
            this.last = new ConnectionFilter() {
            };
        }

        ConnectionFilter last() {
            return last;
        }

        long bytes() {
            return bytes;
        }

        @Override
        public FilterTraits traits() {
            return real.traits();
        }

        @Override
        public ConnectionFilter newFilter(ConnectionInfo connection) {
            var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            // The first one links the code.
            for (int i = 0; i < 2; i++) {
                long before = thread.getCurrentThreadAllocatedBytes();
                last = real.newFilter(connection);
                bytes = thread.getCurrentThreadAllocatedBytes() - before;
            }
            return last;
        }
    }
}
