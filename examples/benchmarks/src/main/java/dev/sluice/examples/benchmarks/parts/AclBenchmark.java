package dev.sluice.examples.benchmarks.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.TestingEnvironment;
import dev.sluice.filters.acl.AclConfig;
import dev.sluice.filters.acl.AclProvider;
import dev.sluice.filters.acl.DenyWith;
import dev.sluice.filters.acl.Verdict;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.transport.TransportException;
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
 * One decision of the filter {@code acl} with a long list of rules; the mean, and the distribution of single decisions.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class AclBenchmark {
    private static final int SOURCES = 1 << 16;

    /** Rules of the list; the most that a filter takes. */
    @Param("100000")
    public int rules = 100_000;

    /** 4 or 6. */
    @Param({"4", "6"})
    public int ipVersion = 4;

    private final Random random = new Random(6);
    private final List<IpAddress> sources = new ArrayList<>();
    private Loops loops;
    private Connection connection;
    private ConnectionFilter filter;
    private int next;

    /** Writes a list, as an operator would, and has the filter read it. */
    @Setup
    public void setUp() throws IOException, TransportException {
        loops = new Loops("nio");
        connection = new Connection(new ChainPlan("bench", List.of(), false), loops.loop());
        List<Cidr> cidrs = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            int length = ipVersion == 4 ? 12 + random.nextInt(21) : 24 + random.nextInt(105);
            Cidr cidr = cidr(address(), length);
            cidrs.add(cidr);
            lines.add((i % 2 == 0 ? "allow " : "deny ") + cidr);
        }
        Path list = Files.write(Files.createTempFile("acl", ".txt"), lines);
        try {
            filter = new AclProvider().create(
                    new AclConfig(Verdict.DENY, List.of(), Optional.of(list.toString()), DenyWith.RESET),
                    new TestingEnvironment()).newFilter(connection);
        } finally {
            Files.delete(list);
        }
        for (int i = 0; i < SOURCES; i++) {
            // Every other one within a rule, so that small rules are met too.
            sources.add(i % 2 == 0 ? address() : cidrs.get(random.nextInt(cidrs.size())).last());
        }
    }

    /** Gives back what a connection needs. */
    @TearDown
    public void tearDown() {
        loops.close();
    }

    /** IPv6 addresses are from one /16, as those of the Internet are from few. */
    private IpAddress address() {
        return ipVersion == 4
                ? IpAddress.ofIpv4(random.nextInt())
                : new IpAddress(0x2001L << 48 | random.nextLong() >>> 16, random.nextLong());
    }

    private static Cidr cidr(IpAddress inside, int length) {
        // IPv4 addresses are the last 32 of 128 bits.
        int bits = inside.isIpv4() ? 96 + length : length;
        long high = bits >= 64 ? inside.high() : inside.high() & mask(bits);
        long low = bits <= 64 ? 0 : inside.low() & mask(bits - 64);
        return new Cidr(new IpAddress(high, low), length);
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }

    /** {@return whether the next client may connect} */
    @Benchmark
    public ConnectDecision decide() {
        connection.comesFrom(sources.get(next++ & (SOURCES - 1)));
        return filter.onConnect(connection);
    }
}
