package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingReload;
import org.junit.jupiter.api.Test;

import static dev.sluice.filters.ratelimit.BandwidthDirection.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

class LimitsExplanationTest extends TestingLimits {
    private static final int QUESTIONS = 1_000;
    private static final int STEPS = 5_000;

    private String explain(FilterFactory factory, String source) {
        return TestingConnection.of(factory).environment(environment).source(IpAddress.parse(source), 4711).explain();
    }

    @Test
    void itHasTheLevelOfTheBucketAndAskingDoesNotChangeIt() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "20/s", 5), rate(Scope.LISTENER, "100/m", 50));
        for (int taken = 0; taken < 5; taken++) {
            for (int i = 0; i < QUESTIONS; i++) {
                assertEquals(
                        "accepts (source 192.0.2.1: " + (5 - taken) + " of 5 connections left at 20/s; the listener: "
                                + (50 - taken) + " of 50 connections left at 100/m)",
                        explain(factory, CLIENT));
            }
            try (TestingConnection connection = connect(factory, CLIENT)) {
                assertEquals(Outcome.State.OPEN, connection.state());
            }
        }
        assertEquals("refuses with a reset: source 192.0.2.1 above 20/s, for another 50ms (source 192.0.2.1: 0 of 5"
                + " connections left at 20/s; the listener: 45 of 50 connections left at 100/m)",
                explain(factory, CLIENT));
        environment.advance(Duration.ofMillis(50));
        assertEquals(
                "accepts (source 192.0.2.1: 1 of 5 connections left at 20/s; the listener: 45 of 50 connections left"
                        + " at 100/m)",
                explain(factory, CLIENT));
    }

    @Test
    void longTimesAreInSeconds() {
        FilterFactory factory = rates(rate(Scope.SOURCE, "1/h", 1));
        connect(factory, CLIENT).close();
        environment.advance(Duration.ofMillis(600));
        assertEquals("refuses with a reset: source 192.0.2.1 above 1/h, for another 3600s (source 192.0.2.1: 0 of 1"
                + " connections left at 1/h)", explain(factory, CLIENT));
    }

    @Test
    void aSourceThatWasOnlyAskedAboutTakesNoSlot() {
        SourceTable table = new SourceTable(100, 1, environment::nanoTime, new TableMemory(1 << 20));
        TableMemory none = new TableMemory(0);

        assertEquals(SourceTable.UNKNOWN, table.look(IpAddress.parse(CLIENT)));
        assertEquals(SourceTable.UNKNOWN, table.look(IpAddress.parse(CLIENT)));
        int held = table.hold(IpAddress.parse(CLIENT), 10);
        assertEquals(held, table.look(IpAddress.parse(CLIENT)));
        assertEquals(1, table.holders(held));
        table.release(held);
        assertEquals(0, table.holders(held));
        table.close();

        assertEquals(SourceTable.NO_MEMORY,
                new SourceTable(100, 1, environment::nanoTime, none).look(IpAddress.parse(CLIENT)));
        assertEquals(0, none.taken());
    }

    @Test
    void aTableWithoutRoomIsSaidToHaveNone() {
        SourceTable table = new SourceTable(1, 0, environment::nanoTime, new TableMemory(1 << 20));
        int sources = 0;
        while (table.hold(IpAddress.parse("192.0.2." + sources), 10) != SourceTable.FULL) {
            sources++;
        }
        assertEquals(SourceTable.FULL, table.look(IpAddress.parse("192.0.2." + sources)));
        table.close();
    }

    @Test
    void openConnectionsAreCountedWithItsMaximum() {
        FilterFactory factory = factory(List.of(), List.of(new ConcurrentLimit(Scope.SOURCE, 1),
                new ConcurrentLimit(Scope.LISTENER, 2)));
        try (TestingConnection first = connect(factory, CLIENT)) {
            assertEquals(Outcome.State.OPEN, first.state());
            assertEquals(
                    "refuses with a reset: open connections of source 192.0.2.1 are at their maximum (open connections"
                            + " of source 192.0.2.1: 1 of 1; open connections of the listener: 1 of 2)",
                    explain(factory, CLIENT));
            assertEquals(
                    "accepts (open connections of source 192.0.2.2: 0 of 1; open connections of the listener: 1 of 2)",
                    explain(factory, "192.0.2.2"));
        }
        assertEquals("accepts (open connections of source 192.0.2.1: 0 of 1; open connections of the listener: 0 of 2)",
                explain(factory, CLIENT));
    }

    @Test
    void bandwidthIsNamed() {
        FilterFactory factory = factory(List.of(), List.of(),
                bandwidth(CLIENT_TO_UPSTREAM, BandwidthScope.LISTENER, "1MiB/s", "1MiB"),
                bandwidth(CLIENT_TO_UPSTREAM, BandwidthScope.CONNECTION, "64KiB/s", "64KiB"));
        assertEquals("accepts (the listener: 1MiB of 1MiB bytes left at 1MiB/s; 64KiB/s of each connection)",
                explain(factory, CLIENT));
    }

    /** What is said of a client is what then happens to it, whatever happened before. */
    @Test
    void theAnswerIsWhatTheNextConnectionGets() {
        Random random = new Random(17);
        FilterFactory factory = rates(rate(Scope.SOURCE, "3/s", 3),
                delay(Scope.LISTENER, "20/s", 4, Duration.ofMillis(100)));
        int[] seen = new int[3];
        for (int step = 0; step < STEPS; step++) {
            environment.advance(Duration.ofNanos(random.nextLong(100_000_000)));
            String source = "192.0.2." + random.nextInt(8);
            String said = explain(factory, source);
            assertEquals(said, explain(factory, source));
            try (TestingConnection connection = connect(factory, source)) {
                String got = switch (connection.state()) {
                    case OPEN -> connection.suspended(Direction.CLIENT_TO_UPSTREAM) ? "accepts after " : "accepts (";
                    default -> "refuses with a reset: " + connection.explanation();
                };
                assertEquals(got, said.substring(0, Math.min(got.length(), said.length())), "step " + step);
                seen[got.startsWith("accepts (") ? 0 : got.startsWith("refuses") ? 1 : 2]++;
            }
        }
        for (int each : seen) {
            assertEquals(true, each > STEPS / 100,
                    seen[0] + " accepted, " + seen[1] + " refused, " + seen[2] + " delayed");
        }
    }

    @Test
    void afterAReloadItIsAboutTheRulesThatTheNextConnectionMeets() {
        RateLimitConfig slow = new RateLimitConfig(List.of(rate(Scope.SOURCE, "1/s", 2)), List.of(), List.of(), 100);
        RateLimitConfig fast = new RateLimitConfig(List.of(rate(Scope.SOURCE, "100/s", 4)), List.of(), List.of(), 100);
        try (TestingReload<RateLimitConfig> reload = TestingReload.of(new RateLimitProvider(), slow)) {
            reload.connection().connect().close();
            assertEquals("accepts (source 192.0.2.1: 1 of 2 connections left at 1/s)", reload.connection().explain());
            reload.to(fast);
            // Until the first connection the old rules are in force, and their marks for a moment after that.
            assertEquals(
                    "refuses with a reset: source 192.0.2.1 above 100/s, for another 970ms (source 192.0.2.1: 0 of 4"
                            + " connections left at 100/s)",
                    reload.connection().explain());
            try (TestingConnection connection = reload.connection().connect()) {
                assertEquals(Outcome.State.REJECTED, connection.state());
            }
            reload.environment().advance(Duration.ofSeconds(2));
            assertEquals("accepts (source 192.0.2.1: 4 of 4 connections left at 100/s)", reload.connection().explain());
            try (TestingConnection connection = reload.connection().connect()) {
                assertEquals(Outcome.State.OPEN, connection.state());
            }
        }
    }
}
