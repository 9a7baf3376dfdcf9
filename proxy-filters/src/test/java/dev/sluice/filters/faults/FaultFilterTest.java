package dev.sluice.filters.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Faults;
import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each kind of fault on a connection without sockets, whose clock moves only by hand. */
class FaultFilterTest {
    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @Test
    void theExplanationNamesTheFaultsThatAreSetNow() {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(80)), Faults.blackHole().toxicity(0.5)
                .cluster("pg").endpoint("10.0.0.1:5432").name("hole"))) {
            assertEquals(
                    "injects latency upstream-to-client, 'hole' (blackHole upstream-to-client into a share of 0.5 of"
                            + " cluster pg of endpoint 10.0.0.1:5432)",
                    TestingConnection.of(faults.factory()).explain());
            faults.factory().remove("latency");
            faults.factory().remove("hole");
            faults.factory().add(Faults.refuse());
            assertEquals("injects refuse", TestingConnection.of(faults.factory()).explain());
            faults.factory().remove("refuse");
            assertEquals("injects nothing now", TestingConnection.of(faults.factory()).explain());
        }
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void latencyDelaysBytesAndTheEndInItsDirectionOnly(Direction direction) {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(80)).on(direction));
                TestingConnection connection = faults.connect()) {
            connection.send(direction.reverse(), bytes(3), 0, 3);
            connection.send(direction, bytes(5), 0, 5);
            assertEquals(3, connection.forwarded(direction.reverse()).length);
            connection.advance(ms(80).minusNanos(1));
            assertEquals(0, connection.forwarded(direction).length);
            connection.advance(Duration.ofNanos(1));
            assertArrayEquals(bytes(5), connection.forwarded(direction));
            connection.fin(direction);
            assertFalse(connection.ended(direction));
            connection.advance(ms(80));
            assertTrue(connection.ended(direction));
        }
    }

    @Test
    void jitterStaysWithinItsBoundsAndFollowsTheSeed() {
        long[] first = delays(7);
        assertArrayEquals(first, delays(7));
        assertNotEquals(Arrays.toString(first), Arrays.toString(delays(8)));
        for (long each : first) {
            assertTrue(each >= 60 && each <= 100, () -> Arrays.toString(first));
        }
        assertTrue(Arrays.stream(first).max().orElseThrow() - Arrays.stream(first).min().orElseThrow() > 20);
    }

    private static long[] delays(long seed) {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(80)).jitter(ms(20)).seed(seed));
                TestingConnection connection = faults.connect()) {
            return IntStream.range(0, 50).mapToLong(i -> {
                long millis = 0;
                connection.upstream("x");
                for (; connection.forwarded(UPSTREAM_TO_CLIENT).length == i; millis++) {
                    connection.advance(ms(1));
                }
                return millis;
            }).toArray();
        }
    }

    @Test
    void bandwidthIsMet() {
        try (TestingFaults faults = new TestingFaults(Faults.bandwidth("64KiB/s"));
                TestingConnection connection = faults.connect()) {
            connection.upstream(bytes(1 << 18));
            connection.advance(Duration.ofSeconds(1));
            int second = connection.forwarded(UPSTREAM_TO_CLIENT).length;
            assertTrue(Math.abs(second - 65_536) <= 65_536 * 3 / 100, () -> second + " bytes in the first second");
            connection.advance(Duration.ofSeconds(2));
            int three = connection.forwarded(UPSTREAM_TO_CLIENT).length;
            assertTrue(Math.abs(three - 3 * 65_536) <= 65_536 * 3 / 100, () -> three + " bytes in three seconds");
            connection.advance(Duration.ofSeconds(2));
            assertArrayEquals(bytes(1 << 18), connection.forwarded(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void slicesAreOfTheirSizesAndPausesBetweenThem() {
        try (TestingFaults faults = new TestingFaults(Faults.slice(3, 7).every(ms(10)));
                TestingConnection connection = faults.connect()) {
            connection.upstream(bytes(100));
            int before = 0;
            while (before < 100) {
                int after = connection.forwarded(UPSTREAM_TO_CLIENT).length;
                int size = after - before;
                assertTrue(size <= 7 && (size >= 3 || after == 100), () -> "a slice of " + size);
                before = after;
                connection.advance(ms(9));
                assertEquals(before, connection.forwarded(UPSTREAM_TO_CLIENT).length);
                connection.advance(ms(1));
            }
            assertArrayEquals(bytes(100), connection.forwarded(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void nothingLeavesABlackHoleUntilItIsRemoved() {
        try (TestingFaults faults = new TestingFaults(Faults.blackHole().onBoth());
                TestingConnection connection = faults.connect()) {
            connection.client("abc");
            connection.clientFin();
            connection.upstream("de");
            connection.advance(Duration.ofHours(3));
            assertEquals("",
                    connection.forwardedText(CLIENT_TO_UPSTREAM) + connection.forwardedText(UPSTREAM_TO_CLIENT));
            connection.upstream("f");
            assertTrue(faults.factory().remove("blackHole"));
            assertEquals("abc", connection.forwardedText(CLIENT_TO_UPSTREAM));
            assertEquals("def", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertTrue(connection.ended(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void aBlackHoleHoldsTheEndOfASilentStreamToo() {
        try (TestingFaults faults = new TestingFaults(Faults.blackHole());
                TestingConnection connection = faults.connect()) {
            connection.upstreamFin();
            connection.advance(Duration.ofHours(2));
            assertFalse(connection.ended(UPSTREAM_TO_CLIENT));
            faults.factory().remove("blackHole");
            connection.advance(Duration.ZERO);
            assertTrue(connection.ended(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void aBlackHoleMayEndWithAReset() {
        try (TestingFaults faults = new TestingFaults(Faults.blackHole().thenReset(ms(500)));
                TestingConnection connection = faults.connect()) {
            connection.advance(ms(499));
            assertEquals(Outcome.State.OPEN, connection.state());
            connection.advance(ms(1));
            assertEquals(Outcome.State.REJECTED, connection.state());
            assertEquals("fault 'blackHole': reset after its time", connection.explanation());
        }
    }

    @Test
    void aResetAfterATimeCountsFromTheConnectionOrTheFaultWhateverIsLater() {
        try (TestingFaults faults = new TestingFaults(); TestingConnection old = faults.connect()) {
            old.advance(ms(400));
            faults.factory().add(Faults.resetAfter(ms(100)));
            old.advance(ms(99));
            assertEquals(Outcome.State.OPEN, old.state());
            old.advance(ms(1));
            assertEquals(Outcome.State.REJECTED, old.state());
            try (TestingConnection fresh = faults.connect()) {
                fresh.advance(ms(99));
                assertEquals(Outcome.State.OPEN, fresh.state());
                fresh.advance(ms(1));
                assertEquals(Outcome.State.REJECTED, fresh.state());
            }
        }
    }

    @Test
    void exactlyTheBytesBeforeAResetPass() {
        for (int n = 1; n < 40; n++) {
            try (TestingFaults faults = new TestingFaults(Faults.resetAfter(n).on(CLIENT_TO_UPSTREAM));
                    TestingConnection connection = faults.connect()) {
                connection.client(bytes(n - 1));
                connection.upstream("answer");
                assertEquals(Outcome.State.OPEN, connection.state());
                connection.client(bytes(40));
                assertEquals(n, connection.forwarded(CLIENT_TO_UPSTREAM).length);
                assertEquals(CloseReason.FILTER_REJECTED, connection.closeReason());
                assertEquals(1, faults.environment.count("resets"));
            }
        }
    }

    @Test
    void aStreamThatIsFinishedLooksCompleteAndTheOtherGoesOn() {
        try (TestingFaults faults = new TestingFaults(Faults.finishAfter(4));
                TestingConnection connection = faults.connect()) {
            connection.upstream("abcdefgh");
            assertEquals("abcd", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertTrue(connection.ended(UPSTREAM_TO_CLIENT));
            connection.upstream("more that nobody gets");
            connection.client("still there");
            assertEquals("still there", connection.forwardedText(CLIENT_TO_UPSTREAM));
            assertEquals(Outcome.State.OPEN, connection.state());
            connection.clientFin();
            connection.upstreamFin();
            assertEquals("abcd", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals(CloseReason.CLIENT_FINISHED, connection.closeReason());
        }
    }

    @Test
    void slowCloseDelaysNothingButTheEnd() {
        try (TestingFaults faults = new TestingFaults(Faults.slowClose(ms(300)));
                TestingConnection connection = faults.connect()) {
            connection.upstream("abc");
            connection.upstreamFin();
            assertEquals("abc", connection.forwardedText(UPSTREAM_TO_CLIENT));
            connection.advance(ms(299));
            assertFalse(connection.ended(UPSTREAM_TO_CLIENT));
            connection.advance(ms(1));
            assertTrue(connection.ended(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void garblingChangesTheShareOfBytesThatItIsGiven() {
        byte[] sent = bytes(100_000);
        try (TestingFaults faults = new TestingFaults(Faults.garble(0.1));
                TestingConnection connection = faults.connect()) {
            connection.upstream(sent);
            byte[] got = connection.forwarded(UPSTREAM_TO_CLIENT);
            long changed = IntStream.range(0, sent.length).filter(i -> sent[i] != got[i]).count();
            assertTrue(changed > 9_500 && changed < 10_500, () -> changed + " bytes of " + sent.length);
        }
        try (TestingFaults faults = new TestingFaults(Faults.garble(1));
                TestingConnection connection = faults.connect()) {
            connection.upstream(sent);
            byte[] got = connection.forwarded(UPSTREAM_TO_CLIENT);
            assertEquals(0, IntStream.range(0, sent.length).filter(i -> sent[i] == got[i]).count());
        }
    }

    @Test
    void aShareOfConnectionsIsHitAndTheSameOnesByTheSameSeed() {
        String first = hit(Faults.refuse().toxicity(0.3).seed(4));
        assertEquals(first, hit(Faults.refuse().toxicity(0.3).seed(4)));
        assertNotEquals(first, hit(Faults.refuse().toxicity(0.3).seed(5)));
        long refused = first.chars().filter(each -> each == 'x').count();
        assertTrue(refused > 220 && refused < 380, first);
        assertEquals(-1, hit(Faults.refuse().toxicity(0)).indexOf('x'));
    }

    private static String hit(Fault fault) {
        StringBuilder hit = new StringBuilder();
        try (TestingFaults faults = new TestingFaults(fault)) {
            for (int i = 0; i < 1_000; i++) {
                try (TestingConnection connection = faults.connect()) {
                    hit.append(connection.state() == Outcome.State.REJECTED ? 'x' : '.');
                }
            }
        }
        return hit.toString();
    }

    @Test
    void aLatencyBehindABandwidthDelaysEachByteOnce() {
        try (TestingFaults faults = new TestingFaults(Faults.bandwidth("1KiB/s"), Faults.latency(ms(500)));
                TestingConnection connection = faults.connect()) {
            connection.upstream(bytes(1_024));
            connection.advance(ms(490));
            assertEquals(0, connection.forwarded(UPSTREAM_TO_CLIENT).length);
            connection.advance(ms(1_010));
            assertArrayEquals(bytes(1_024), connection.forwarded(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void whatIsHeldBackGoesOnInOrderWhenOneOfSeveralIsRemoved() {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(100)), Faults.slice(2, 2), Faults.blackHole());
                TestingConnection connection = faults.connect()) {
            connection.upstream("abcde");
            connection.advance(Duration.ofMinutes(1));
            faults.factory().remove("blackHole");
            connection.advance(Duration.ZERO);
            connection.upstream("fgh");
            faults.factory().remove("latency");
            connection.advance(Duration.ZERO);
            assertEquals("abcdefgh", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals(Set.of("slice"), faults.factory().faults().keySet());
        }
    }

    @Test
    void faultsAddedLaterActOnOpenConnectionsAndCountFromThere() {
        try (TestingFaults faults = new TestingFaults(); TestingConnection connection = faults.connect()) {
            connection.upstream("before");
            assertEquals("cut", faults.factory().add(Faults.resetAfter(3).name("cut")));
            connection.upstream("abcdef");
            assertEquals("beforeabc", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals(Outcome.State.REJECTED, connection.state());
        }
    }

    @Test
    void namesAreDistinct() {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(1)), Faults.latency(ms(2)))) {
            assertEquals(List.of("latency", "latency-2"),
                    List.copyOf(faults.factory().faults().keySet()));
            assertEquals("latency-3", faults.factory().add(Faults.latency(ms(3))));
            IllegalStateException refused = assertThrows(IllegalStateException.class,
                    () -> faults.factory().add(Faults.refuse().name("latency-2")));
            assertEquals(
                    "filter 'filter' of listener test has a fault 'latency-2' already: remove it first, or give this"
                            + " one another name",
                    refused.getMessage());
            assertFalse(faults.factory().remove("latency-4"));
        }
    }

    @Test
    void aReloadKeepsTheFaultsThatWereAdded() {
        try (TestingFaults faults = new TestingFaults(Faults.latency(ms(50)));
                TestingConnection old = faults.connect()) {
            faults.factory().add(Faults.blackHole().name("added"));
            FaultFactory next = new FaultFactory(new FaultConfig(List.of()), faults.environment);
            next.inherit(faults.factory());
            assertEquals(Map.of("added", Faults.blackHole().name("added")), next.faults());
            old.upstream("abc");
            next.remove("added");
            old.advance(ms(49));
            assertEquals("", old.forwardedText(UPSTREAM_TO_CLIENT));
            next.remove("latency");
            old.advance(Duration.ZERO);
            assertEquals("abc", old.forwardedText(UPSTREAM_TO_CLIENT));
            next.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void theWayOfCuttingAStreamChangesNothing(Direction direction) {
        for (Fault fault : new Fault[]{Faults.resetAfter(5), Faults.finishAfter(5), Faults.garble(0.5),
            Faults.slice(1, 3), Faults.slice(2, 2).toxicity(0.5), Faults.blackHole()}) {
            try (TestingFaults faults = new TestingFaults(fault.on(direction))) {
                // A factory of its own for each, since chance depends on the number of the connection.
                FilterKit.of(() -> new TestingFaults(fault.on(direction)).connect()).direction(direction)
                        .endings(FilterKit.Ending.NONE, FilterKit.Ending.FIN, FilterKit.Ending.RESET)
                        .sameOutcomeForEverySegmentation(bytes(9));
            }
        }
    }
}
