package dev.sluice.filters.sniff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** First bytes that real clients have sent, and those by which a fuzzer reached something new. */
class CorpusTest {
    /** Recorded hellos at least, so that a file that is lost is noticed. */
    private static final int HELLOS = 20;

    /** All of which begin with a hello, or with what has become of one. */
    static List<byte[]> hellos() {
        List<byte[]> hellos = new ArrayList<>(TestingCorpus.read("hello"));
        TestingCorpus.read("hello-fields").forEach(input -> hellos.add(HelloFuzzer.flight(input)));
        Flights.all().stream().filter(flight -> flight.protocol() == Protocol.TLS)
                .forEach(flight -> hellos.add(flight.bytes()));
        return hellos;
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "http1", "postgresql", "others"})
    void keepsThePromises(String corpus) {
        List<byte[]> flights = TestingCorpus.read(corpus);
        assertTrue(!flights.isEmpty());
        try (FlightCheck check = new FlightCheck()) {
            flights.forEach(check::check);
        }
    }

    @Test
    void keepsThePromisesWithRightLengths() {
        try (FlightCheck check = new FlightCheck()) {
            TestingCorpus.read("hello-fields").forEach(input -> check.check(HelloFuzzer.flight(input)));
        }
    }

    @Test
    void theServerOfTheJdkReadsTheSameName() {
        JdkReader jdk = new JdkReader();
        int same = 0;
        try (TestingConnection connection = TestingSniffer
                .connect(TestingSniffer.config(Unknown.PASS, TestingSniffer.CLIENT_FIRST))) {
            for (byte[] hello : hellos()) {
                connection.reconnect();
                connection.client(hello);
                connection.clientFin();
                Outcome outcome = connection.outcome();
                String theirs = jdk.name(hello);
                if (outcome.state() == Outcome.State.OPEN && theirs != null) {
                    assertEquals(normal(theirs), ours(outcome), outcome::toString);
                    same++;
                }
            }
        }
        assertTrue(same >= HELLOS, same + " names compared");
    }

    private static @Nullable String ours(Outcome outcome) {
        String name = outcome.attribute(Attributes.SNI);
        String invalid = outcome.attribute(Attributes.SNI_INVALID);
        return name == null && invalid != null ? normal(unescaped(invalid)) : name;
    }

    /** As the filter shows names. */
    private static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static String unescaped(String text) {
        return text.replace("\\\\", "\\");
    }
}
