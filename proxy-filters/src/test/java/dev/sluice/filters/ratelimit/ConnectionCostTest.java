package dev.sluice.filters.ratelimit;

import java.lang.management.ManagementFactory;
import java.util.List;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.filters.TestingFactory;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionCostTest extends TestingLimits {
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

    /** The cost of a connection: at most 64 bytes, whatever is limited; decisions allocate nothing. */
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
