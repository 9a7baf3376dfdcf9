package dev.sluice.examples.benchmarks.parts;

import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.transport.TransportException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Read buffers: what borrowing one for each event costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class PoolBenchmark {
    private static final int RESIDUE = 512;

    private Loops loops;
    private LoopMemory memory;

    /** Memory of a loop that does not run: this thread takes its place. */
    @Setup
    public void setUp() throws TransportException {
        loops = new Loops("nio");
        memory = loops.loop().memory();
    }

    /** Gives the memory back to the system. */
    @TearDown
    public void tearDown() {
        loops.close();
    }

    /** For a read whose bytes leave at once. */
    @Benchmark
    public int borrowAndGiveBack() {
        Buffer buffer = borrow();
        int room = buffer.room();
        memory.giveBack(buffer);
        return room;
    }

    /** For a read of which 512 bytes have to wait for a slow receiver: they move to the stash. */
    @Benchmark
    public int borrowAndStash() {
        Buffer buffer = borrow();
        buffer.filled(RESIDUE);
        Buffer kept = memory.keep(buffer);
        int content = kept.content();
        memory.giveBack(kept);
        return content;
    }

    private Buffer borrow() {
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            throw new IllegalStateException("the pool is empty");
        }
        return buffer;
    }
}
