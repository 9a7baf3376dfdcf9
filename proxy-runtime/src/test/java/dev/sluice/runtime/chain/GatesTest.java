package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Several read gates of one connection. */
class GatesTest {
    private static final long NOW = -5;

    private final TestingChain.Loop loop = new TestingChain.Loop(1024);
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        loop.close();
    }

    private FilterFactory gate(String name, int permits, long retryAt) {
        class Gate implements ConnectionFilter, ReadGate {
            @Override
            public int permits(Direction direction, int wanted, long nowNanos) {
                asked.add(name + " " + wanted);
                return permits;
            }

            @Override
            public long retryAtNanos(Direction direction, long nowNanos) {
                return retryAt;
            }

            @Override
            public void consumed(Direction direction, int bytes, long nowNanos) {
                asked.add(name + " got " + bytes);
            }
        }
        return ToyFilters.factory(FilterTraits.connectionOnly(), Gate::new);
    }

    private static FilterFactory none() {
        return ToyFilters.factory(FilterTraits.connectionOnly(), () -> new ConnectionFilter() {
        });
    }

    @Test
    void theNarrowestGateCounts() {
        try (TestingChain chain = TestingChain.connected(loop, gate("a", 100, 0), none(), gate("b", 7, 0),
                gate("c", ReadGate.UNLIMITED, 0))) {
            assertTrue(chain.chain().gated());
            assertEquals(7, loop.call(() -> Gates.permits(chain.chain(), UP, 1000, NOW)));
            assertEquals(List.of("a 1000", "b 100", "c 7"), asked);
            asked.clear();
            assertTrue(loop.call(() -> Gates.consumed(chain.chain(), UP, 5, NOW)));
            assertEquals(List.of("a got 5", "b got 5", "c got 5"), asked);
        }
    }

    @Test
    void behindAClosedGateTheOthersAreNotAskedAndTheLatestTimeCounts() {
        try (TestingChain chain = TestingChain.connected(loop, gate("a", 0, NOW + 3), gate("b", 0, NOW + 9),
                gate("open", 1, NOW + 99))) {
            assertEquals(0, loop.call(() -> Gates.permits(chain.chain(), UP, 1000, NOW)));
            assertEquals(List.of("a 1000"), asked);
            assertEquals(NOW + 9, loop.call(() -> Gates.retryAt(chain.chain(), UP, NOW)));
        }
    }

    @Test
    void withoutGatesEverythingMayBeRead() {
        try (TestingChain chain = TestingChain.connected(loop, none())) {
            assertFalse(chain.chain().gated());
            assertEquals(1000, loop.call(() -> Gates.permits(chain.chain(), UP, 1000, NOW)));
        }
    }

    @Test
    void aGateThatPermitsLessThanNothingHasFailed() {
        try (TestingChain chain = TestingChain.connected(loop, gate("a", -1, 0))) {
            assertTrue(loop.call(() -> Gates.permits(chain.chain(), UP, 1000, NOW)) < 0);
            assertEquals(CloseReason.FILTER_FAILED, chain.chain().verdict());
        }
    }
}
