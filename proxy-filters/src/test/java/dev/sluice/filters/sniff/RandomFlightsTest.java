package dev.sluice.filters.sniff;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random and mutated first flights come to one verdict each, whether they come whole, byte by byte or in random pieces, and nothing is thrown.
 *
 * <p>Runs 20,000 flights; {@code -Dsniff.flights=1000000} runs a million. Flight <i>n</i> depends on <i>n</i> alone.
 */
class RandomFlightsTest {
    private static final int FLIGHTS = Integer.getInteger("sniff.flights", 20_000);
    private static final int MAX_RANDOM = 64;
    private static final int MAX_MUTATIONS = 4;
    /** Values at which lengths and classes of bytes change. */
    private static final byte[] EDGES = TestingHello.bytes(0, 1, 2, 3, 4, 5, 10, 13, 16, 22, 32, 0x7f, 0x80, 0xff);

    private final List<byte[]> seeds = Stream.concat(Flights.all().stream().map(Flights.Flight::bytes),
            Stream.of("hello", "http1", "postgresql", "others").flatMap(corpus -> TestingCorpus.read(corpus).stream()))
            .toList();
    private final Map<String, Integer> verdicts = new TreeMap<>();

    @Test
    void keepThePromises() {
        try (FlightCheck check = new FlightCheck()) {
            for (int i = 0; i < FLIGHTS; i++) {
                byte[] flight = flight(new SplittableRandom(i));
                verdicts.merge(verdict(check.check(flight)), 1, Integer::sum);
            }
        }
        for (Protocol protocol : TestingSniffer.CLIENT_FIRST) {
            assertTrue(verdicts.containsKey(protocol.label()), () -> protocol.label() + " never came: " + verdicts);
        }
        for (String verdict : List.of("tls with a name", "refused", "unknown", "undecided")) {
            assertTrue(verdicts.containsKey(verdict), () -> verdict + " never came: " + verdicts);
        }
    }

    private static String verdict(Outcome outcome) {
        String protocol = outcome.attribute(Attributes.PROTOCOL);
        if (protocol != null) {
            return outcome.attribute(Attributes.SNI) == null ? protocol : protocol + " with a name";
        }
        if (outcome.state() == Outcome.State.REJECTED) {
            return "refused";
        }
        String explanation = outcome.explanation();
        return explanation != null && explanation.contains("not become clear") ? "undecided" : "unknown";
    }

    private byte[] flight(SplittableRandom random) {
        byte[] seed = seeds.get(random.nextInt(seeds.size()));
        if (random.nextInt(8) == 0) {
            byte[] flight = new byte[random.nextInt(1, MAX_RANDOM)];
            random.nextBytes(flight);
            // Behind nothing but noise there is seldom more to see than the first byte.
            System.arraycopy(seed, 0, flight, 0, Math.min(random.nextInt(4), Math.min(seed.length, flight.length)));
            return flight;
        }
        byte[] flight = seed.clone();
        for (int left = random.nextInt(1, MAX_MUTATIONS + 1); left > 0 && flight.length > 0; left--) {
            flight = mutated(flight, random);
        }
        return flight;
    }

    private static byte[] mutated(byte[] flight, SplittableRandom random) {
        // The beginning of a flight says more than its end.
        int at = random.nextInt(random.nextBoolean() ? flight.length : Math.min(flight.length, 16));
        byte[] head = Arrays.copyOf(flight, at);
        byte[] tail = Arrays.copyOfRange(flight, at, flight.length);
        switch (random.nextInt(7)) {
            case 0 -> tail[0] = (byte) random.nextInt();
            case 1 -> tail[0] = EDGES[random.nextInt(EDGES.length)];
            case 2 -> tail[0] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 3 -> tail[0] += (byte) (random.nextBoolean() ? 1 : -1);
            case 4 -> tail = Arrays.copyOfRange(tail, 1, tail.length);
            case 5 -> head = TestingHello.join(head, new byte[]{(byte) random.nextInt()});
            default -> {
                return head;
            }
        }
        return TestingHello.join(head, tail);
    }
}
