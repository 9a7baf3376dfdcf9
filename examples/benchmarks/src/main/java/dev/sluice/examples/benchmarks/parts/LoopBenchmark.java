package dev.sluice.examples.benchmarks.parts;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.transport.TransportException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From another thread into an event loop: the mailbox, and waking a poll that waits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class LoopBenchmark {
    private static final int TASKS = 64;

    /** The way in which the loop waits. */
    @Param({"epoll", "nio"})
    public String transport = "nio";

    private Loops loops;
    private final AtomicLong done = new AtomicLong();
    private final Runnable task = done::incrementAndGet;
    private long expected;

    /** Starts the loop. */
    @Setup
    public void setUp() throws TransportException {
        loops = new Loops(transport);
        loops.loop().start();
    }

    /** Stops the loop. */
    @TearDown
    public void tearDown() {
        loops.close();
    }

    /** One task to a loop that sleeps, until it has run. */
    @Benchmark
    public long wakeUp() {
        loops.loop().execute(task);
        expected++;
        return await();
    }

    /** One of many tasks that are given at once. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long mailbox() {
        for (int i = 0; i < TASKS; i++) {
            loops.loop().execute(task);
        }
        expected += TASKS;
        return await();
    }

    private long await() {
        while (done.get() != expected) {
            Thread.onSpinWait();
        }
        return expected;
    }
}
