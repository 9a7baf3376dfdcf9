package dev.sluice.filters.sniff;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.Direction;
import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.Segmentations;
import dev.sluice.api.testkit.TestingConnection;
import org.jspecify.annotations.Nullable;

/**
 * The promises that hold for any first flight: nothing is thrown, the verdict is that of the references and does not
 * depend on the cuts, an answer is final, memory and work are bounded. Belongs to one thread.
 */
final class FlightCheck implements AutoCloseable {
    private static final int SMALL = 1024;
    /** Prefixes longer than that are looked at in growing steps. */
    private static final int EVERY_PREFIX = 64;
    /** P7: of memory before routing. */
    private static final int MEMORY = 4 * 1024;
    /** What a fuzzer adds to the classes allocates too; a length that does is larger. */
    private static final int MEMORY_WHILE_FUZZING = 32 * 1024;
    private static final int MEMORY_PER_BYTE = 2;
    private static final int MEASUREMENTS = 4;
    /** How often a detector may look at a byte, and the readers of names all together. */
    private static final int READS = 3;
    private static final int READS_OF_NAMES = 12;
    private static final int READS_AT_LEAST = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TestingConnection large = TestingSniffer
            .connect(TestingSniffer.config(Unknown.PASS, TestingSniffer.CLIENT_FIRST));
    private final TestingConnection small = TestingSniffer
            .connect(TestingSniffer.config(Unknown.PASS, SMALL, TestingSniffer.CLIENT_FIRST));
    private final Map<Protocol, Detector> detectors = new EnumMap<>(Protocol.class);

    private final int memory;

    FlightCheck() {
        this(MEMORY);
    }

    private FlightCheck(int memory) {
        this.memory = memory;
        for (Protocol protocol : TestingSniffer.CLIENT_FIRST) {
            detectors.put(protocol, Detector.of(protocol));
        }
    }

    /** A check for classes that a fuzzer has changed. */
    static FlightCheck whileFuzzing() {
        return new FlightCheck(MEMORY_WHILE_FUZZING);
    }

    @Override
    public void close() {
        large.close();
        small.close();
    }

    /**
     * Checks all of it.
     *
     * @return the outcome when the client then finishes
     * @throws AssertionError with the flight in hexadecimal digits
     */
    Outcome check(byte[] flight) {
        try {
            detectors.forEach((protocol, detector) -> answers(protocol, detector, flight));
            memory(flight);
            Outcome outcome = verdict(large, flight, TestingSniffer.MAX_BYTES);
            if (flight.length >= SMALL) {
                verdict(small, flight, SMALL);
            }
            return outcome;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nfor " + HexFormat.of().formatHex(flight), e);
        }
    }

    private static void require(boolean right, Supplier<String> what) {
        if (!right) {
            throw new AssertionError(what.get());
        }
    }

    private static void require(boolean right, Supplier<String> what, String why, @Nullable Object value) {
        if (!right) {
            throw new AssertionError(what.get() + " " + why + " " + value);
        }
    }

    // ── detectors ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static void answers(Protocol protocol, Detector detector, byte[] flight) {
        Detector.Answer last = Detector.Answer.NEED_MORE;
        boolean over = false;
        for (int n = 0; n <= flight.length && !over; n = next(n, flight.length)) {
            TestingBytes bytes = new TestingBytes(flight).first(n);
            Detector.Answer answer = detector.examine(bytes);
            int prefix = n;
            Supplier<String> at = () -> protocol + " at " + prefix + ": " + answer;
            require(bytes.reads() <= (long) READS * n + READS_AT_LEAST, at, "after reading", bytes.reads());
            require(last == Detector.Answer.NEED_MORE || answer == last, at, "after", last);
            Detector.Answer expected = last == Detector.Answer.NEED_MORE
                    ? ProtocolReference.answer(protocol, Arrays.copyOf(flight, n))
                    : last;
            boolean late = answer == Detector.Answer.NEED_MORE && expected == Detector.Answer.NOT_POSSIBLE;
            require(answer == expected || late, at, "instead of", expected);
            // Of what was final already, only the whole is looked at again.
            over = last != Detector.Answer.NEED_MORE && n == flight.length;
            if (answer != Detector.Answer.NEED_MORE && n < flight.length) {
                n = flight.length - 1;
            }
            last = answer;
        }
    }

    private static int next(int n, int length) {
        return n < EVERY_PREFIX || n == length ? n + 1 : Math.min(length, n + n / 4);
    }

    // ── memory and work ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private void memory(byte[] flight) {
        long allowed = memory + (long) MEMORY_PER_BYTE * flight.length;
        long allocated = Long.MAX_VALUE;
        // The first time, classes and call sites may be linked.
        for (int i = 0; i < MEASUREMENTS && allocated > allowed; i++) {
            TestingBytes bytes = new TestingBytes(flight);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            parse(bytes);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            long reads = bytes.reads();
            require(reads <= (long) READS_OF_NAMES * flight.length + READS_AT_LEAST, () -> reads + " bytes are read");
        }
        long least = allocated;
        require(allocated <= allowed, () -> least + " bytes are allocated");
    }

    private void parse(BorrowedBytes bytes) {
        if (RequestLine.examine(bytes) == Detector.Answer.MATCH) {
            RequestHead.read(bytes);
        } else if (Objects.requireNonNull(detectors.get(Protocol.TLS)).examine(bytes) == Detector.Answer.MATCH) {
            try {
                if (HelloFrame.needed(bytes, TestingSniffer.MAX_BYTES) <= bytes.length()) {
                    ClientHello.read(bytes);
                }
            } catch (RefusedHelloException e) {
                require(e.getMessage() != null, () -> "refused without a reason");
            }
        }
    }

    // ── the whole filter ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static Outcome verdict(TestingConnection connection, byte[] flight, int maxBytes) {
        int random = Arrays.hashCode(flight);
        FilterKit.of(connection).brokenOff(false)
                .segmentations(Segmentations.dribble().and(Segmentations.random(random, 2)))
                .endings((random & 1) == 0 ? FilterKit.Ending.FIN : FilterKit.Ending.DEADLINE)
                .sameOutcomeForEverySegmentation(flight);
        connection.reconnect();
        connection.client(flight);
        connection.clientFin();
        Outcome outcome = connection.outcome();
        Map<AttributeKey<?>, Object> expected = expected(flight, maxBytes);
        Map<AttributeKey<?>, Object> seen = outcome.state() == Outcome.State.OPEN ? outcome.attributes() : null;
        require(expected == null ? seen == null : expected.equals(seen), outcome::toString, "\ninstead of", expected);
        byte[] forwarded = outcome.forwarded(Direction.CLIENT_TO_UPSTREAM);
        require((forwarded.length == 0 && seen == null) || Arrays.equals(forwarded, flight), () -> "bytes are changed");
        return outcome;
    }

    /** {@return what the references read; null if the client is to be refused} */
    private static @Nullable Map<AttributeKey<?>, Object> expected(byte[] flight, int maxBytes) {
        byte[] shown = flight.length > maxBytes ? Arrays.copyOf(flight, maxBytes) : flight;
        boolean tls = false;
        for (Protocol protocol : TestingSniffer.CLIENT_FIRST) {
            switch (ProtocolReference.answer(protocol, shown)) {
                case MATCH -> {
                    return switch (protocol) {
                        case TLS -> HelloReference.read(shown, maxBytes);
                        case HTTP1 -> RequestReference.read(shown);
                        default -> Map.of(Attributes.PROTOCOL, protocol.label());
                    };
                }
                case NEED_MORE -> tls |= protocol == Protocol.TLS;
                case NOT_POSSIBLE -> {
                    // The next.
                }
            }
        }
        // Without a byte nothing has begun.
        return tls && shown.length > 0 ? null : Map.of();
    }
}
