package dev.sluice.runtime.chain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static dev.sluice.runtime.chain.ToyFilters.factory;
import static dev.sluice.runtime.chain.ToyFilters.onData;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The bounds of holds in time and bytes, and the time for which routing waits for them. */
class ChainHoldsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final FilterTraits HOLDS = FilterTraits.inspects(UP).holds(16, MINUTE);

    private final TestingChain.Loop loop = new TestingChain.Loop(1024);

    @AfterEach
    void nothingIsLeft() {
        loop.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private TestingChain chain(FilterFactory factory) {
        return TestingChain.connected(loop, factory);
    }

    @Test
    void aHoldThatIsFullExpiresWithAllItMayHold() {
        FilterFactory holder = onData(HOLDS, bytes -> DataAction.CONTINUE);
        try (TestingChain chain = chain(holder)) {
            chain.feed(UP, bytes("0123456789"));
            assertEquals(10, chain.held(UP));
            assertEquals(512, chain.heldIn(UP), "an exact-size place, not a read buffer");
            chain.feed(UP, bytes("0123456789"));
            assertEquals(CloseReason.FILTER_REJECTED, chain.chain().verdict());
            assertEquals("f0", chain.chain().culprit());
            assertEquals("FULL 16 false", chain.chain().explanation());
        }
    }

    @Test
    void askingForMoreThanMayBeHeldIsFullAtOnce() {
        FilterFactory greedy = onData(HOLDS, bytes -> {
            bytes.needAtLeast(17);
            return DataAction.CONTINUE;
        });
        try (TestingChain chain = chain(greedy)) {
            chain.feed(UP, bytes("ab"));
            assertEquals("FULL 2 false", chain.chain().explanation());
        }
    }

    @Test
    void aHoldExpiresAtItsDeadlineAndAtTheEnd() {
        FilterFactory holder = onData(HOLDS, bytes -> DataAction.CONTINUE);
        try (TestingChain late = chain(holder); TestingChain over = chain(holder); TestingChain early = chain(holder)) {
            late.feed(UP, bytes("abc"));
            late.expire(UP, MINUTE.plusSeconds(1));
            assertEquals("DEADLINE 3 false", late.chain().explanation());
            over.feed(UP, bytes("abc"));
            over.fin(UP);
            assertEquals("END_OF_STREAM 3 true", over.chain().explanation());
            early.feed(UP, bytes("abc"));
            early.expire(UP, MINUTE.minusSeconds(1));
            assertNull(early.chain().verdict());
        }
    }

    /** Fault 1 and promise P8: a client that sends nothing does not keep routing waiting for ever. */
    @Test
    void routingDoesNotWaitLongerThanTheDeadlineThoughNothingCame() {
        FilterTraits first = HOLDS.waitedForBeforeRouting();
        FilterFactory sniffs = factory(first, () -> new ConnectionFilter() {
            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                context.explain(cause + " " + bytes.length());
                return DataAction.DETACH;
            }
        });
        try (TestingChain chain = chain(sniffs)) {
            assertTrue(chain.chain().waitsBeforeRouting());
            assertNotEquals(Long.MAX_VALUE, chain.chain().deadline());
            chain.expire(UP, MINUTE.plusSeconds(1));
            assertEquals("DEADLINE 0", chain.chain().explanation());
            assertFalse(chain.chain().waitsBeforeRouting());
            assertNull(chain.chain().direction(UP), "plain pass-through");
        }
    }

    /** A client that has begun is waited for longer than a silent one: a segment that is lost comes again after a second. */
    @Test
    void theFirstByteStartsTheDeadline() {
        FilterFactory sniffs = onData(HOLDS.waitedForBeforeRouting(Duration.ofSeconds(10)),
                bytes -> DataAction.CONTINUE);
        try (TestingChain silent = chain(sniffs); TestingChain begun = chain(sniffs)) {
            begun.feed(UP, bytes("a"));
            begun.expire(UP, Duration.ofSeconds(11));
            silent.expire(UP, Duration.ofSeconds(11));
            assertEquals("SILENCE 0 false", silent.chain().explanation());
            assertNull(begun.chain().explanation());
            begun.expire(UP, MINUTE.plusSeconds(1));
            assertEquals("DEADLINE 1 false", begun.chain().explanation());
        }
    }

    @Test
    void routingDoesNotHappenForAClientThatFinishesWithoutAByteUnlessTheFilterSaysSo() {
        FilterFactory guards = onData(HOLDS.waitedForBeforeRouting(), bytes -> DataAction.CONTINUE);
        try (TestingChain chain = chain(guards)) {
            chain.fin(UP);
            assertEquals("END_OF_STREAM 0 true", chain.chain().explanation());
            assertEquals(CloseReason.FILTER_REJECTED, chain.chain().verdict());
        }
    }

    @Test
    void holdingWithoutHavingDeclaredItIsAFailure() {
        FilterFactory undeclared = onData(FilterTraits.inspects(UP), bytes -> DataAction.CONTINUE);
        try (TestingChain chain = chain(undeclared)) {
            chain.feed(UP, bytes("abc"));
            assertEquals(CloseReason.FILTER_FAILED, chain.chain().verdict());
        }
    }

    @Test
    void bytesThatAHoldLeavesAtItsEndAreAFailureAndNotLost() {
        FilterFactory keeps = factory(HOLDS, () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                return DataAction.CONTINUE;
            }

            @Override
            public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                    ConnectionContext context) {
                bytes.forward(1);
                return DataAction.CONTINUE;
            }
        });
        try (TestingChain chain = chain(keeps)) {
            chain.feed(UP, bytes("abc"));
            chain.fin(UP);
            assertEquals(CloseReason.FILTER_FAILED, chain.chain().verdict());
        }
    }
}
