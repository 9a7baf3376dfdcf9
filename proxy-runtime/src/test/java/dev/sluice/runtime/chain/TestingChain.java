package dev.sluice.runtime.chain;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.jspecify.annotations.Nullable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A chain on a real event loop with real memory, whose connection has no sockets: it takes every byte that filters let pass. */
final class TestingChain implements AutoCloseable {
    /** A loop for many chains. Closing it checks that nothing is left. */
    static final class Loop implements AutoCloseable {
        private final Ledger ledger = Ledger.open();
        private final BufferPool pool;
        private final EventLoop loop;

        Loop(int readBuffer) {
            pool = new BufferPool(new MemoryBounds(readBuffer, 64L * readBuffer, 64L * readBuffer, 0), 1);
            try {
                loop = new EventLoop(0, "sluice-test-loop", new NioTransport().openPoller(), pool.share(0), () -> {});
            } catch (TransportException e) {
                throw new AssertionError(e);
            }
            loop.start();
        }

        LoopMemory memory() {
            return loop.memory();
        }

        /** Runs something on the loop and waits for it. */
        <T> T call(Callable<T> task) {
            CompletableFuture<T> result = new CompletableFuture<>();
            loop.execute(() -> {
                try {
                    result.complete(task.call());
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
            try {
                return result.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            assertEquals(0, pool.share(0).counters().borrowed(), "buffers still borrowed");
            assertEquals(0, pool.share(0).counters().stashBytes(), "bytes still stashed");
            assertTrue(loop.stop());
            pool.close();
            ledger.settle();
        }
    }

    private static final int GATE_CLOSED = -1;

    private final Loop loop;
    private final Map<Direction, byte[]> unread = new EnumMap<>(Direction.class);
    private final Set<Direction> finWaits = EnumSet.noneOf(Direction.class);
    private final List<FilterSlot> slots = new ArrayList<>();
    private final ConnectionChain chain;
    private final Map<Direction, ByteArrayOutputStream> out = new EnumMap<>(Direction.class);
    private final Map<Direction, Buffer> kept = new EnumMap<>(Direction.class);
    private @Nullable Flow phase;
    private boolean routed = true;
    private boolean closed;

    TestingChain(Loop loop, boolean paranoid, Quarantine.@Nullable Rule rule, FilterFactory... factories) {
        this(loop, paranoid, slots(rule, factories));
    }

    /** Another connection with filters of the same slots. */
    TestingChain(Loop loop, boolean paranoid, List<FilterSlot> slots) {
        this.loop = loop;
        this.slots.addAll(slots);
        this.chain = new Filters(new ChainPlan("edge", slots, paranoid));
        for (Direction direction : Direction.values()) {
            out.put(direction, new ByteArrayOutputStream());
        }
    }

    /** A chain whose filters have let the connection in. */
    static TestingChain connected(Loop loop, FilterFactory... factories) {
        return new TestingChain(loop, false, null, factories).connect();
    }

    static List<FilterSlot> slots(Quarantine.@Nullable Rule rule, FilterFactory... factories) {
        List<FilterSlot> slots = new ArrayList<>();
        for (int i = 0; i < factories.length; i++) {
            slots.add(new FilterSlot(new FilterState("edge", "f" + i, 1, new Events()), "toy", i, factories[i], rule));
        }
        return slots;
    }

    TestingChain connect() {
        phase = loop.call(chain::connect);
        return this;
    }

    @Nullable
    Flow phase() {
        return phase;
    }

    ConnectionChain chain() {
        return chain;
    }

    FilterSlot slot(int i) {
        return slots.get(i);
    }

    void routed(boolean value) {
        routed = value;
    }

    /** Bytes arrive at once; what does not fit into a buffer, or through a gate, in further reads. */
    void feed(Direction direction, byte[] bytes) {
        byte[] before = unread(direction);
        byte[] all = Arrays.copyOf(before, before.length + bytes.length);
        System.arraycopy(bytes, 0, all, before.length, bytes.length);
        unread.put(direction, all);
        read(direction);
    }

    /** Reads what may be read now: what has arrived, as far as gates are open. */
    void read(Direction direction) {
        while (unread(direction).length > 0) {
            byte[] bytes = unread(direction);
            int taken = loop.call(() -> read(direction, bytes));
            if (taken == GATE_CLOSED) {
                return;
            }
            unread.put(direction, Arrays.copyOfRange(bytes, taken, bytes.length));
        }
        if (finWaits.remove(direction)) {
            finNow(direction);
        }
    }

    private int read(Direction direction, byte[] bytes) {
        DirectionChain filters = chain.direction(direction);
        if (chain.verdict() != null || closed) {
            return bytes.length;
        }
        if (filters != null && filters.suspended()) {
            return 0;
        }
        int permitted = Math.min(bytes.length, chain.permits(direction, bytes.length, loop.loop.now()));
        if (permitted == 0) {
            return GATE_CLOSED;
        }
        if (permitted < 0) {
            endByVerdict();
            return bytes.length;
        }
        if (filters != null) {
            return event(direction, filters, Arrays.copyOf(bytes, permitted));
        }
        if (chain.consumed(direction, permitted, loop.loop.now())) {
            out(direction).write(bytes, 0, permitted);
        } else {
            endByVerdict();
        }
        return permitted;
    }

    /** Bytes that have arrived and may not be read yet. */
    byte[] unread(Direction direction) {
        return unread.getOrDefault(direction, new byte[0]);
    }

    void fin(Direction direction) {
        if (unread(direction).length > 0) {
            finWaits.add(direction);
        } else {
            finNow(direction);
        }
    }

    private void finNow(Direction direction) {
        loop.call(() -> {
            DirectionChain filters = chain.direction(direction);
            if (filters != null && !closed) {
                filters.finReceived();
                event(direction, filters, new byte[0]);
            }
            return true;
        });
    }

    /** Waits until no filter waits for an answer that comes at once. */
    void settle(Direction direction) {
        Await.until("suspensions to be answered", () -> loop.call(() -> {
            DirectionChain filters = chain.direction(direction);
            return filters == null || !filters.suspended() || closed;
        }));
    }

    /** Time-outs of suspensions and holds, as if so much time had passed. */
    void expire(Direction direction, Duration later) {
        loop.call(() -> {
            long now = loop.loop.now() + later.toNanos();
            chain.expire(now);
            DirectionChain filters = chain.direction(direction);
            if (filters != null && filters.holdExpired(now)) {
                Buffer last = open(direction, filters);
                store(direction, filters, last, filters.expireHolds(last, now) != Flow.END);
            }
            return true;
        });
    }

    private Buffer open(Direction direction, DirectionChain filters) {
        Buffer last = loop.memory().borrow(kept.remove(direction));
        assertTrue(last != null && filters.open(loop.memory()), "memory");
        return last;
    }

    private int event(Direction direction, DirectionChain filters, byte[] bytes) {
        Buffer last = open(direction, filters);
        boolean alive = filters.resume(last) != Flow.END;
        drain(direction, last);
        int count = 0;
        if (alive && !filters.suspended()) {
            Buffer input = filters.input(last);
            count = Math.min(bytes.length, input.room());
            input.append(bytes, 0, count);
            alive = chain.consumed(direction, count, loop.loop.now()) && filters.run(last, count) != Flow.END;
            drain(direction, last);
            boolean progress = true;
            while (alive && filters.blocked() && progress) {
                alive = filters.run(last, 0) != Flow.END;
                progress = drain(direction, last) > 0;
            }
        }
        store(direction, filters, last, alive);
        return count;
    }

    private int drain(Direction direction, Buffer last) {
        int count = last.remaining();
        byte[] sent = new byte[count];
        last.copyTo(0, sent, 0, count);
        last.sent(count);
        out(direction).writeBytes(sent);
        return count;
    }

    private void store(Direction direction, DirectionChain filters, Buffer last, boolean alive) {
        if (alive || chain.verdict() == CloseReason.FILTER_REJECTED) {
            drain(direction, last);
        }
        filters.shut(loop.memory());
        if (!alive || last.content() == 0) {
            loop.memory().giveBack(last);
        } else {
            kept.put(direction, loop.memory().keep(last));
        }
        if (!alive) {
            endByVerdict();
        }
    }

    private void endByVerdict() {
        CloseReason verdict = chain.verdict();
        assertTrue(verdict != null, "ended without a reason");
        end(verdict);
    }

    private void end(CloseReason reason) {
        if (!closed) {
            closed = true;
            chain.close(reason);
            kept.values().forEach(loop.memory()::giveBack);
            kept.clear();
        }
    }

    private ByteArrayOutputStream out(Direction direction) {
        ByteArrayOutputStream stream = out.get(direction);
        assertTrue(stream != null);
        return stream;
    }

    /** The bytes that have passed all filters. */
    byte[] passed(Direction direction) {
        return loop.call(() -> out(direction).toByteArray());
    }

    /** Bytes of content that wait in the last stage. */
    int held(Direction direction) {
        return loop.call(() -> {
            Buffer buffer = kept.get(direction);
            return buffer == null ? 0 : buffer.content();
        });
    }

    /** Size of the place where they wait. */
    int heldIn(Direction direction) {
        return loop.call(() -> {
            Buffer buffer = kept.get(direction);
            return buffer == null ? 0 : buffer.capacity();
        });
    }

    @Override
    public void close() {
        loop.call(() -> {
            end(CloseReason.OPERATOR);
            return true;
        });
    }

    /** The connection as its filters see it. */
    private final class Filters extends ConnectionChain {
        Filters(ChainPlan plan) {
            super(plan);
        }

        @Override
        public long id() {
            return 7;
        }

        @Override
        public @Nullable IpAddress peer() {
            return IpAddress.ofIpv4(0xc0000202);
        }

        @Override
        public int peerPort() {
            return 40_000;
        }

        @Override
        public @Nullable IpAddress source() {
            return IpAddress.ofIpv4(0xc0000201);
        }

        @Override
        public int sourcePort() {
            return 50_000;
        }

        @Override
        public @Nullable IpAddress destination() {
            return IpAddress.ofIpv4(0xc6336401);
        }

        @Override
        public int destinationPort() {
            return 443;
        }

        @Override
        protected EventLoop loop() {
            return loop.loop;
        }

        @Override
        protected boolean routed() {
            return routed && phase == Flow.GO_ON;
        }

        @Override
        protected boolean hasCluster(String name) {
            return Set.of("web", "internal").contains(name);
        }

        @Override
        protected void onAnswer() {
            phase = connect();
        }

        @Override
        protected void onAnswer(Direction direction) {
            DirectionChain filters = direction(direction);
            if (filters != null) {
                event(direction, filters, new byte[0]);
            }
        }
    }
}
