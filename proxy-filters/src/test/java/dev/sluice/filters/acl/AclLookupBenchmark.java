package dev.sluice.filters.acl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * How long one decision takes with the longest list: median, 99th percentile and 99.9th, each decision timed by itself. What two looks at the
 * clock cost is in the figures and shown beside them.
 *
 * <p>Run after {@code mvn test-compile} with the classes of proxy-api and of proxy-filters, tests included, on the class path.
 */
final class AclLookupBenchmark {
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 10;
    private static final int DECISIONS = 1_000_000;
    private static final int SOURCES = 1 << 16;

    private AclLookupBenchmark() {}

    public static void main(String[] args) {
        for (boolean v4 : new boolean[]{true, false}) {
            Random random = new Random(6);
            List<Cidr> cidrs = cidrs(random, v4);
            AclFilter filter = filter(cidrs);
            List<IpAddress> sources = new ArrayList<>();
            for (int i = 0; i < SOURCES; i++) {
                // Every other one within a rule, so that small rules are met too.
                sources.add(i % 2 == 0 ? address(random, v4) : cidrs.get(random.nextInt(cidrs.size())).last());
            }
            long[] decision = measure(filter, sources);
            long[] clock = measure(null, sources);
            System.out.printf(Locale.ROOT,
                    "%s, %d rules: p50 %d ns, p99 %d ns, p99.9 %d ns (of which clock: p50 %d ns)%n",
                    v4 ? "IPv4" : "IPv6", AclConfig.MAX_ENTRIES, at(decision, 0.5), at(decision, 0.99),
                    at(decision, 0.999), at(clock, 0.5));
        }
    }

    private static List<Cidr> cidrs(Random random, boolean v4) {
        List<Cidr> cidrs = new ArrayList<>();
        for (int i = 0; i < AclConfig.MAX_ENTRIES; i++) {
            int length = v4 ? 12 + random.nextInt(21) : 24 + random.nextInt(105);
            cidrs.add(AclTableTest.cidr(address(random, v4), length));
        }
        return cidrs;
    }

    private static AclFilter filter(List<Cidr> cidrs) {
        List<AclEntry> entries = new ArrayList<>();
        for (int i = 0; i < cidrs.size(); i++) {
            entries.add(AclEntry.ofFile(i % 2 == 0 ? Verdict.ALLOW : Verdict.DENY, cidrs.get(i), "list:", i + 1));
        }
        return new AclFilter(new AclTable(cidrs), entries, Verdict.DENY, DenyWith.RESET);
    }

    /** IPv6 addresses are from one /16, as those of the Internet are from few. */
    private static IpAddress address(Random random, boolean v4) {
        return v4
                ? IpAddress.ofIpv4(random.nextInt())
                : new IpAddress(0x2001L << 48 | random.nextLong() >>> 16, random.nextLong());
    }

    /** @param filter null = measure the clock */
    private static long[] measure(@Nullable AclFilter filter, List<IpAddress> sources) {
        long[] nanos = new long[ROUNDS * DECISIONS];
        long accepted = 0;
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (int i = 0; i < DECISIONS; i++) {
                IpAddress source = sources.get(i & (SOURCES - 1));
                long before = System.nanoTime();
                ConnectDecision decision = filter == null ? ConnectDecision.accept() : filter.decide(source);
                long after = System.nanoTime();
                accepted += decision.kind() == ConnectDecision.Kind.ACCEPT ? 1 : 0;
                if (round >= 0) {
                    nanos[round * DECISIONS + i] = after - before;
                }
            }
        }
        if (accepted == 0) {
            throw new IllegalStateException("nobody was accepted: nothing was measured");
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static long at(long[] sorted, double fraction) {
        return sorted[(int) (sorted.length * fraction)];
    }
}
