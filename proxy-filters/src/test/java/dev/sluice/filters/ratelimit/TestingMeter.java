package dev.sluice.filters.ratelimit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.sluice.api.config.Rate;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Remembers when how much was let pass, and compares all windows of time with a limit, exactly. Thread-safe. */
final class TestingMeter {
    private record Passed(long nanos, long amount) {}

    private final List<Passed> passed = new ArrayList<>();
    private long total;

    synchronized void pass(long nanos, long amount) {
        passed.add(new Passed(nanos, amount));
        total += amount;
    }

    synchronized long total() {
        return total;
    }

    /** In no window of length t more than {@code burst + rate·t + tolerance}. */
    synchronized void assertWithin(Rate rate, long burst, long tolerance) {
        // From event i to event j: amount(i..j) - rate·(tj - ti), as the difference of a value of j and one of i.
        BigInteger perNanos = BigInteger.valueOf(rate.perNanos());
        BigInteger amount = BigInteger.valueOf(rate.amount());
        BigInteger sum = BigInteger.ZERO;
        BigInteger least = null;
        BigInteger most = BigInteger.ZERO;
        passed.sort(Comparator.comparingLong(Passed::nanos));
        for (Passed event : passed) {
            BigInteger refilled = amount.multiply(BigInteger.valueOf(event.nanos()));
            BigInteger before = sum.multiply(perNanos).subtract(refilled);
            least = least == null ? before : least.min(before);
            sum = sum.add(BigInteger.valueOf(event.amount()));
            most = most.max(sum.multiply(perNanos).subtract(refilled).subtract(least));
        }
        BigInteger allowed = BigInteger.valueOf(burst).add(BigInteger.valueOf(tolerance)).multiply(perNanos);
        BigInteger found = most;
        assertTrue(found.compareTo(allowed) <= 0, () -> "in some window " + found.divide(perNanos)
                + " passed beyond the rate; burst " + burst + ", rate " + rate);
    }

    /** At least so much of what the rate brings in this time, in percent. */
    void assertReached(Rate rate, long nanos, int percent) {
        BigInteger passedTimes = BigInteger.valueOf(total()).multiply(BigInteger.valueOf(rate.perNanos()));
        BigInteger due = BigInteger.valueOf(rate.amount()).multiply(BigInteger.valueOf(nanos));
        assertTrue(
                passedTimes.multiply(BigInteger.valueOf(100)).compareTo(due.multiply(BigInteger.valueOf(percent))) >= 0,
                () -> "only " + total() + " in " + nanos + " ns at " + rate);
    }
}
