package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.config.Rate;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

class ReadGateTest extends TestingLimits {
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
}
