package dev.sluice.examples.benchmarks.parts;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.chain.DirectionChain;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.chain.FilterState;
import dev.sluice.runtime.chain.Flow;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One chunk from borrow to give-back, without the system calls, through filters that look at its first byte and pass it
 * on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class ChainBenchmark {
    private static final int CHUNK = 16 * 1024;

    /** The number of filters that see the bytes. */
    @Param({"0", "1", "3"})
    public int filters;

    private Loops loops;
    private LoopMemory memory;
    private Connection connection;
    private @Nullable DirectionChain chain;

    /** A filter that refuses connections of which a chunk begins with a byte that none begins with. */
    private static final class Glance implements FilterFactory, ConnectionFilter {
        private static final byte UNWANTED = 1;

        @Override
        public FilterTraits traits() {
            return FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM);
        }

        @Override
        public ConnectionFilter newFilter(ConnectionInfo info) {
            return this;
        }

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            if (bytes.get(0) == UNWANTED) {
                return DataAction.REJECT;
            }
            bytes.forwardAll();
            return DataAction.CONTINUE;
        }
    }

    /** A connection whose filters have accepted it; this thread takes the place of its loop's. */
    @Setup
    public void setUp() throws TransportException {
        loops = new Loops("nio");
        memory = loops.loop().memory();
        List<FilterSlot> slots = new ArrayList<>();
        for (int i = 0; i < filters; i++) {
            slots.add(new FilterSlot(new FilterState("bench", "glance" + i, 1, new Events()), "glance", i, new Glance(),
                    null));
        }
        connection = new Connection(new ChainPlan("bench", slots, false), loops.loop());
        if (connection.connect() != Flow.GO_ON) {
            throw new IllegalStateException("not accepted");
        }
        chain = connection.direction(Direction.CLIENT_TO_UPSTREAM);
    }

    /** Closes the connection. */
    @TearDown
    public void tearDown() {
        connection.close(CloseReason.OPERATOR);
        loops.close();
    }

    /** A chunk that is read, shown to the filters and sent. */
    @Benchmark
    public int chunk() {
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            throw new IllegalStateException("the pool is empty");
        }
        DirectionChain through = chain;
        if (through == null) {
            buffer.filled(CHUNK);
        } else {
            pass(through, buffer);
        }
        int sent = buffer.remaining();
        buffer.sent(sent);
        memory.giveBack(buffer);
        return sent;
    }

    private void pass(DirectionChain through, Buffer buffer) {
        if (!through.open(memory)) {
            throw new IllegalStateException("the pool is empty");
        }
        through.input(buffer).filled(CHUNK);
        if (through.run(buffer, CHUNK) == Flow.END) {
            throw new IllegalStateException("a filter ended the connection");
        }
        through.shut(memory);
    }
}
