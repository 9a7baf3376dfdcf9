package dev.sluice.examples.benchmarks.parts;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.loop.TimerWheel;
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
import org.openjdk.jmh.annotations.Warmup;

/** The timer wheel with as many timers as there are connections. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class TimerBenchmark {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(8);

    /** The number of timers, with deadlines within the next hour. */
    @Param({"1000", "100000"})
    public int timers = 1000;

    private final SplittableRandom random = new SplittableRandom(42);
    private TimerWheel wheel;
    private Count[] armed;
    private long now;
    private long fired;

    /** Counts, and is armed again. */
    private final class Count extends Timer {
        @Override
        protected void onExpiry(long at) {
            fired++;
            wheel.arm(this, at + random.nextLong(HOUR));
        }

        @Override
        protected void onExpiryFailed(Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Arms all of them. */
    @Setup
    public void setUp() {
        wheel = new TimerWheel(now);
        armed = new Count[timers];
        for (int i = 0; i < timers; i++) {
            armed[i] = new Count();
            wheel.arm(armed[i], random.nextLong(HOUR));
        }
    }

    /** Moves the deadline of a connection, as after bytes have moved. */
    @Benchmark
    public long rearm() {
        wheel.arm(armed[random.nextInt(timers)], now + random.nextLong(HOUR));
        return wheel.nanosToNext(now);
    }

    /** One turn of the loop two ticks later, with all that is due then. */
    @Benchmark
    public long advance() {
        now += STEP;
        wheel.advance(now);
        return fired;
    }
}
