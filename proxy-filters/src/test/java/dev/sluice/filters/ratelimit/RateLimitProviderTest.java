package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.sluice.api.CloseReason;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.filters.TestingFactory;
import dev.sluice.filters.TestingLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RateLimitProviderTest extends TestingLimits {
    /** {@return the number of these connections that get in, one after the other} */
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
                    "WARNING the table of sources is full: connections of further sources are refused, 1 so far. Each of its 1000"));
            environment.advance(Duration.ofMinutes(1));
            while (log.messages().size() < 2) {
                connect(factory, IpAddress.ofIpv4(random.nextInt()).toString()).close();
            }
            assertTrue(log.messages().getLast().contains("refused, " + (full + 1) + " so far"),
                    log.messages()::toString);
        }
    }
}
