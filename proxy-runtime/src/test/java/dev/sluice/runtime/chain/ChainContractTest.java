package dev.sluice.runtime.chain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.Answer;
import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.ReadGate;
import dev.sluice.api.RetainedBytes;
import dev.sluice.api.StaleBytesException;
import dev.sluice.api.Suspension;
import dev.sluice.runtime.testing.Await;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static dev.sluice.runtime.chain.ToyFilters.factory;
import static dev.sluice.runtime.chain.ToyFilters.onConnect;
import static dev.sluice.runtime.chain.ToyFilters.onData;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The promises to filters, and the treatment of those that break theirs (faults 35 to 39); of holds,
 * {@link ChainHoldsTest}.
 */
class ChainContractTest {
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

    private String passed(TestingChain chain) {
        return new String(chain.passed(UP), StandardCharsets.ISO_8859_1);
    }

    private TestingChain chain(FilterFactory... factories) {
        return TestingChain.connected(loop, factories);
    }

    /** Callbacks in which a filter throws. */
    enum Place {
        NEW_FILTER,
        ON_CONNECT,
        ON_DATA,
        ON_HOLD_EXPIRED,
        ON_END_OF_STREAM,
        ON_CLOSE,
        PERMITS,
        CONSUMED,
        NULL_DECISION,
        NULL_ACTION,
        SUSPEND_WITHOUT,
        CONNECT_WITHOUT,
        FORGOTTEN_WAIT,
        TOO_MUCH,
        NEGATIVE,
        BEYOND
    }

    /** A filter that does one thing wrong. */
    private static final class Broken implements ConnectionFilter, ReadGate {
        private final Place place;
        private final Throwable failure;
        private final AtomicInteger closed;

        Broken(Place place, Throwable failure, AtomicInteger closed) {
            this.place = place;
            this.failure = failure;
            this.closed = closed;
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void sneak(Throwable failure) throws T {
            throw (T) failure;
        }

        private void at(Place here) {
            if (place == here) {
                Broken.<RuntimeException>sneak(failure);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // what a careless plugin does
        public ConnectDecision onConnect(ConnectionContext context) {
            at(Place.ON_CONNECT);
            return place == Place.NULL_DECISION ? null : ConnectDecision.ACCEPT;
        }

        @Override
        @SuppressWarnings("NullAway") // what a careless plugin does
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            at(Place.ON_DATA);
            switch (place) {
                case NULL_ACTION -> {
                    return null;
                }
                case SUSPEND_WITHOUT -> {
                    return DataAction.SUSPEND;
                }
                case TOO_MUCH -> bytes.forward(bytes.length() + 1);
                case NEGATIVE -> bytes.forward(-1);
                case BEYOND -> bytes.get(bytes.length());
                default -> bytes.forward(bytes.length() - 1);
            }
            return DataAction.CONTINUE;
        }

        @Override
        public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                ConnectionContext context) {
            at(Place.ON_HOLD_EXPIRED);
            bytes.forwardAll();
            return DataAction.CONTINUE;
        }

        @Override
        public void onEndOfStream(Direction direction, ConnectionContext context) {
            at(Place.ON_END_OF_STREAM);
        }

        @Override
        public void onClose(CloseReason reason, ConnectionInfo connection) {
            closed.incrementAndGet();
            at(Place.ON_CLOSE);
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            at(Place.PERMITS);
            return wanted;
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return nowNanos;
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            at(Place.CONSUMED);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void whateverAFilterThrowsCostsItsConnectionOnly(Place place) {
        List<Throwable> failures = List.of(new IllegalStateException("oops"), new StackOverflowError(),
                new OutOfMemoryError("pretended"), new NoClassDefFoundError("x/Y"), new Exception("checked"));
        for (Throwable failure : failures) {
            AtomicInteger closed = new AtomicInteger();
            AtomicInteger made = new AtomicInteger();
            FilterFactory broken = new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return HOLDS;
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    if (place == Place.NEW_FILTER) {
                        Broken.<RuntimeException>sneak(failure);
                    }
                    if (place == Place.CONNECT_WITHOUT) {
                        return waitsForNothing();
                    }
                    if (place == Place.FORGOTTEN_WAIT) {
                        return forgetsToWait();
                    }
                    made.incrementAndGet();
                    return new Broken(place, failure, closed);
                }
            };
            try (TestingChain good = chain(ToyFilters.passes().factory()); TestingChain bad = chain(broken)) {
                bad.feed(UP, bytes("abc"));
                bad.fin(UP);
                boolean harmless = place == Place.ON_CLOSE;
                assertEquals(harmless ? null : CloseReason.FILTER_FAILED, bad.chain().verdict(), place.name());
                good.feed(UP, bytes("good"));
                assertEquals("good", passed(good));
                bad.close();
                assertEquals(harmless ? 0 : 1, bad.slot(0).total(FilterEvent.FAIL));
                assertEquals(1, bad.slot(0).failures());
                assertEquals(made.get(), closed.get(), "onClose once for each that was made");
                assertEquals(0, bad.slot(0).connections());
            }
            if (place.ordinal() >= Place.NULL_DECISION.ordinal()) {
                return;
            }
        }
    }

    /** Says at connect that it waits, and has not said for what. */
    private static ConnectionFilter waitsForNothing() {
        return new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                return ConnectDecision.SUSPEND;
            }
        };
    }

    /** Creates a wait, and does not say that it waits. */
    private static ConnectionFilter forgetsToWait() {
        return new ConnectionFilter() {
            @Override
            public ConnectDecision onConnect(ConnectionContext context) {
                context.suspend(MINUTE, Answer.accept());
                return ConnectDecision.ACCEPT;
            }
        };
    }

    private static FilterFactory routes(String cluster) {
        return onConnect(context -> {
            context.route(cluster);
            return ConnectDecision.ACCEPT;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keptBytesCannotBeRead(boolean paranoid) throws InterruptedException {
        AtomicReference<@Nullable BorrowedBytes> kept = new AtomicReference<>();
        FilterFactory keeps = onData(FilterTraits.inspects(UP), bytes -> {
            kept.set(bytes);
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        try (TestingChain first = new TestingChain(loop, paranoid, null, keeps).connect();
                TestingChain second = chain(onData(FilterTraits.inspects(UP), bytes -> {
                    // In a callback of another filter, on the right thread, while another connection's bytes are lent.
                    BorrowedBytes stale = kept.get();
                    assertTrue(stale != null);
                    StaleBytesException refused = assertThrows(StaleBytesException.class, () -> stale.get(0));
                    assertTrue(String.valueOf(refused.getMessage()).contains("filter 'f0'"), refused.getMessage());
                    assertThrows(StaleBytesException.class, stale::length);
                    assertThrows(StaleBytesException.class, () -> stale.copyTo(0, new byte[1], 0, 1));
                    assertThrows(StaleBytesException.class, () -> stale.indexOf((byte) 's', 0, 1));
                    assertThrows(StaleBytesException.class, stale::forwardAll);
                    bytes.forwardAll();
                    return DataAction.CONTINUE;
                }))) {
            first.feed(UP, bytes("secret"));
            second.feed(UP, bytes("other"));
            assertNull(second.chain().verdict());
            assertEquals("other", passed(second));
        }
    }

    @Test
    void anotherThreadCannotReadEvenDuringTheCallback() {
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        FilterFactory shares = onData(FilterTraits.inspects(UP), bytes -> {
            Thread other = new Thread(() -> {
                try {
                    bytes.get(0);
                } catch (Throwable refused) {
                    seen.set(refused);
                }
            });
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        try (TestingChain chain = chain(shares)) {
            chain.feed(UP, bytes("abc"));
            assertTrue(seen.get() instanceof StaleBytesException, String.valueOf(seen.get()));
        }
    }

    @Test
    void retainedBytesAreCountedCappedAndReleased() {
        AtomicReference<@Nullable RetainedBytes> kept = new AtomicReference<>();
        FilterFactory retains = factory(FilterTraits.inspects(UP).retains(8), () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                kept.set(context.retain(bytes, 1, bytes.length() - 1, "the greeting"));
                bytes.forwardAll();
                return DataAction.CONTINUE;
            }
        });
        try (TestingChain chain = chain(retains)) {
            chain.feed(UP, bytes("abcd"));
            assertEquals(3, chain.slot(0).retainedBytes());
            RetainedBytes mine = kept.get();
            assertTrue(mine != null);
            assertEquals('b', mine.get(0));
            chain.feed(UP, bytes("abcdef"));
            assertEquals(8, chain.slot(0).retainedBytes());
            chain.feed(UP, bytes("xy"));
            assertEquals(CloseReason.FILTER_FAILED, chain.chain().verdict(), "nine bytes are more than eight");
            assertEquals(0, chain.slot(0).retainedBytes(), "released with the connection");
            assertThrows(IllegalStateException.class, () -> mine.get(0));
        }
    }

    @Test
    void suspensionsResumeAtTheNextFilter() {
        AtomicReference<@Nullable Suspension> waits = new AtomicReference<>();
        List<String> asked = new ArrayList<>();
        FilterFactory first = onConnect(context -> {
            asked.add("first");
            Suspension suspension = context.suspend(MINUTE, Answer.reject("too late"));
            waits.set(suspension);
            return ConnectDecision.SUSPEND;
        });
        FilterFactory second = onConnect(context -> {
            asked.add("second");
            return ConnectDecision.ACCEPT;
        });
        try (TestingChain chain = chain(first, second)) {
            assertEquals(Flow.WAIT, chain.phase());
            Suspension suspension = waits.get();
            assertTrue(suspension != null);
            assertTrue(suspension.complete(Answer.route("web")));
            assertFalse(suspension.complete(Answer.reject("second answer")));
            Await.equal("the connect phase", Flow.GO_ON, chain::phase);
            assertEquals(List.of("first", "second"), asked);
            assertEquals("web", chain.chain().routedTo());
        }
    }

    @Test
    void aSuspensionEndsWithItsTimeOutOrItsConnection() {
        AtomicInteger cancelled = new AtomicInteger();
        FilterFactory waits = onConnect(context -> {
            Suspension suspension = context.suspend(MINUTE, Answer.reject("nobody answered"));
            suspension.onCancel(cancelled::incrementAndGet);
            return ConnectDecision.SUSPEND;
        });
        try (TestingChain late = chain(waits); TestingChain gone = chain(waits)) {
            late.expire(UP, MINUTE.minusSeconds(1));
            assertEquals(Flow.WAIT, late.phase());
            late.expire(UP, MINUTE.plusSeconds(1));
            assertEquals(Flow.END, late.phase());
            assertEquals("nobody answered", late.chain().explanation());
            assertEquals(1, late.slot(0).total(FilterEvent.TIMEOUT));
            assertEquals(1, cancelled.get());
            gone.close();
            assertEquals(2, cancelled.get());
        }
    }

    @Test
    void bytesBehindASuspensionWait() {
        AtomicReference<@Nullable Suspension> waits = new AtomicReference<>();
        FilterFactory asks = factory(HOLDS, () -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                if (waits.get() != null) {
                    bytes.forwardAll();
                    return DataAction.DETACH;
                }
                bytes.forward(2);
                Suspension suspension = context.suspend(MINUTE, Answer.accept());
                waits.set(suspension);
                return DataAction.SUSPEND;
            }
        });
        try (TestingChain chain = chain(asks, ToyFilters.passes().factory())) {
            chain.feed(UP, bytes("abcd"));
            assertEquals("", passed(chain));
            assertEquals(4, chain.held(UP));
            Suspension suspension = waits.get();
            assertTrue(suspension != null && suspension.complete(Answer.accept()));
            Await.equal("what was forwarded, then what was left", "abcd", () -> passed(chain));
            chain.feed(UP, bytes("ef"));
            assertEquals("abcdef", passed(chain));
        }
    }

    @Test
    void routesThatDoNotExistAreFailures() {
        try (TestingChain good = chain(routes("internal"));
                TestingChain bad = chain(routes("nowhere"))) {
            assertEquals("internal", good.chain().routedTo());
            assertEquals(CloseReason.FILTER_FAILED, bad.chain().verdict());
        }
    }

    @Test
    void attributesAreTypedAndBounded() {
        FilterFactory first = onConnect(context -> {
            context.set(Attributes.SNI, "a.example");
            context.set(Attributes.SNI, "b.example");
            assertEquals("b.example", context.get(Attributes.SNI));
            assertNull(context.get(Attributes.ALPN));
            for (int i = 0; i < 31; i++) {
                context.set(dev.sluice.api.AttributeKey.of("x." + i, Integer.class), i);
            }
            assertThrows(IllegalStateException.class, () -> context.set(Attributes.ALPN, "h2"));
            return ConnectDecision.ACCEPT;
        });
        try (TestingChain chain = chain(first)) {
            assertNull(chain.chain().verdict());
            assertEquals("b.example", loop.call(() -> chain.chain().get(Attributes.SNI)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repeatedOffencesLeadToQuarantine(boolean bypass) {
        FilterFactory broken = onData(FilterTraits.inspects(UP), bytes -> {
            throw new IllegalStateException("always");
        });
        Quarantine.Rule rule = new Quarantine.Rule(3, MINUTE.toNanos(), MINUTE.toNanos(), bypass);
        List<FilterSlot> slots = TestingChain.slots(rule, broken);
        for (int i = 0; i < 3; i++) {
            assertFalse(slots.getFirst().quarantined(System.nanoTime()));
            try (TestingChain chain = new TestingChain(loop, false, slots).connect()) {
                chain.feed(UP, bytes("abc"));
                assertEquals(CloseReason.FILTER_FAILED, chain.chain().verdict());
            }
        }
        assertTrue(slots.getFirst().quarantined(System.nanoTime()));
        try (TestingChain chain = new TestingChain(loop, false, slots).connect()) {
            chain.feed(UP, bytes("abc"));
            assertEquals(bypass ? null : CloseReason.FILTER_QUARANTINED, chain.chain().verdict());
            assertEquals(bypass ? "abc" : "", passed(chain));
            assertEquals(bypass ? 1 : 0, slots.getFirst().total(FilterEvent.BYPASS));
        }
        assertFalse(slots.getFirst().quarantined(System.nanoTime() + 2 * MINUTE.toNanos()));
    }

    @Test
    void filtersWithoutStateAreShared() {
        AtomicInteger closed = new AtomicInteger();
        ConnectionFilter one = new ConnectionFilter() {
            @Override
            public void onClose(CloseReason reason, ConnectionInfo connection) {
                closed.addAndGet((int) connection.id());
            }
        };
        List<FilterSlot> slots = TestingChain.slots(null, factory(FilterTraits.connectionOnly(), () -> one));
        try (TestingChain first = new TestingChain(loop, false, slots).connect();
                TestingChain second = new TestingChain(loop, false, slots).connect()) {
            assertEquals(Flow.GO_ON, first.phase());
            assertEquals(Flow.GO_ON, second.phase());
            assertEquals(2, slots.getFirst().connections());
        }
        assertEquals(14, closed.get(), "told of which connection");
    }
}
