package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The treatment of clients that are not recognised, and its time. */
class SniffFilterTest {
    private static void assertVerdict(Unknown unknown, String explanation, TestingConnection connection) {
        Outcome outcome = connection.outcome();
        assertEquals(unknown == Unknown.PASS ? Outcome.State.OPEN : Outcome.State.REJECTED, outcome.state());
        assertEquals(unknown == Unknown.PASS, outcome.detached(CLIENT_TO_UPSTREAM));
        assertEquals(Map.of(), outcome.attributes());
        assertEquals(explanation, outcome.explanation());
    }

    private static TestingConnection connect(Unknown unknown, Protocol... protocols) {
        return TestingSniffer.connect(TestingSniffer.config(unknown, protocols));
    }

    @Test
    void traits() {
        try (TestingConnection connection = TestingSniffer
                .connect(TestingSniffer.config(Unknown.PASS, 4096, List.of(Protocol.TLS)))) {
            assertEquals(FilterTraits.inspects(CLIENT_TO_UPSTREAM).waitedForBeforeRouting(TestingSniffer.SILENCE)
                    .holds(4096, TestingSniffer.DEADLINE).finds(List.of("tls")), connection.traits());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theExplanationHasTimesProtocolsAndWhatBecomesOfOthers(Unknown unknown) {
        SniffConfig config = TestingSniffer.config(unknown, Protocol.TLS, Protocol.SSH);
        assertEquals("waits at most 1s for the first byte, and 5s from then on for one of tls, ssh; "
                + (unknown == Unknown.PASS ? "passes" : "refuses") + " clients of other protocols",
                TestingConnection.of(new SniffProvider(), config).explain());
    }

    @ParameterizedTest
    @EnumSource
    void anotherProtocol(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.TLS, Protocol.SSH)) {
            connection.client("HELO");
            assertVerdict(unknown, "the first bytes are of none of the protocols tls, ssh", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notOneByteInTime(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.TLS, Protocol.HTTP1)) {
            connection.advance(TestingSniffer.SILENCE.minusNanos(1));
            assertFalse(connection.isRouted());
            connection.advance(Duration.ofNanos(1));
            assertVerdict(unknown, "no byte came within 1s", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notOneByteAtAll(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.TLS, Protocol.MYSQL)) {
            connection.clientFin();
            assertVerdict(unknown, "no byte came before the client finished", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatSpeaksFirst(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.TLS, Protocol.MYSQL)) {
            connection.advance(TestingSniffer.SILENCE);
            assertVerdict(Unknown.PASS, "no byte came within 1s", connection);
            connection.upstream("greeting");
            connection.client("\26\3login");
            assertEquals("greeting", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals("\26\3login", connection.forwardedText(CLIENT_TO_UPSTREAM));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientOfMysqlIsNotRecognisedByItsBytes(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.MYSQL)) {
            connection.client("U\0\0\1");
            assertVerdict(unknown, "the first bytes are of none of the protocols mysql", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notEnoughToDecideInTime(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.HTTP1, Protocol.HTTP2)) {
            connection.client("PRI * HTTP/");
            connection.advance(TestingSniffer.DEADLINE);
            assertVerdict(unknown, "the protocol did not become clear within 5s", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notEnoughToDecideBeforeTheEnd(Unknown unknown) {
        try (TestingConnection connection = connect(unknown, Protocol.HTTP1, Protocol.SSH)) {
            connection.client("SSH");
            connection.clientFin();
            assertVerdict(unknown, "the protocol did not become clear before the client finished", connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notEnoughToDecideInMaxBytes(Unknown unknown) {
        SniffConfig config = TestingSniffer.config(unknown, 1024, List.of(Protocol.HTTP1));
        try (TestingConnection connection = TestingSniffer.connect(config)) {
            connection.client("GET /" + "x".repeat(1018));
            assertFalse(connection.isRouted());
            connection.client("x");
            assertVerdict(unknown, "the protocol did not become clear within 1KiB", connection);
        }
        TestingSniffer.outcome(config, TestingHello.latin1("GET /" + "x".repeat(1100) + " HTTP/1.1\r\n\r\n"));
    }

    @Test
    void headersThatDoNotFitInMaxBytesPassWithWhatIsKnown() {
        SniffConfig config = TestingSniffer.config(Unknown.REJECT, 1024, List.of(Protocol.HTTP1));
        Outcome outcome = TestingSniffer.outcome(config, TestingHello
                .latin1("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "c".repeat(1100) + "\r\n\r\n"));
        assertEquals("http1", outcome.attribute(Attributes.PROTOCOL));
        assertEquals("a", outcome.attribute(Attributes.HTTP_HOST));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 9, 50})
    void aHelloThatDoesNotEndIsRefusedWhateverIsConfigured(int count) {
        byte[] hello = new TestingHello().serverName("a.example").record();
        for (Unknown unknown : Unknown.values()) {
            try (TestingConnection late = connect(unknown, Protocol.TLS, Protocol.MYSQL)) {
                late.send(CLIENT_TO_UPSTREAM, hello, 0, count);
                late.advance(TestingSniffer.DEADLINE);
                assertVerdict(Unknown.REJECT,
                        "TLS ClientHello refused: not complete within 5s; " + count + " bytes came", late);
                assertEquals(CloseReason.FILTER_REJECTED, late.closeReason());
            }
            try (TestingConnection cut = connect(unknown, Protocol.TLS, Protocol.MYSQL)) {
                cut.send(CLIENT_TO_UPSTREAM, hello, 0, count);
                cut.clientFin();
                assertVerdict(Unknown.REJECT, "TLS ClientHello refused: not complete before the client finished; "
                        + count + " bytes came", cut);
            }
        }
    }

    /** A segment that is lost comes again after a second (RFC 6298 section 2), which is no silence of the client. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9, 60})
    void aHelloWhoseSecondSegmentIsSentAgainIsWaitedFor(int count) {
        byte[] hello = new TestingHello().serverName("a.example").record();
        try (TestingConnection connection = connect(Unknown.REJECT, Protocol.TLS)) {
            connection.advance(Duration.ofMillis(900));
            connection.send(CLIENT_TO_UPSTREAM, hello, 0, count);
            connection.advance(Duration.ofMillis(1_300));
            assertFalse(connection.isRouted());
            connection.send(CLIENT_TO_UPSTREAM, hello, count, hello.length - count);
            assertEquals("a.example", connection.attribute(Attributes.SNI));
            assertTrue(connection.isRouted());
        }
    }

    @Test
    void tlsIsNotLookedForIfItIsNotListed() {
        byte[] wrong = TestingHello.bytes(22, 3, 1, 0, 0);
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.PASS, Protocol.SSH), wrong);
        assertEquals(Outcome.State.OPEN, outcome.state());
        assertEquals("the first bytes are of none of the protocols ssh", outcome.explanation());
    }

    @Test
    void notTlsAndTlsWithoutNameAndAnInvalidNameAndRefusedAreFourResults() {
        SniffConfig config = TestingSniffer.config(Unknown.PASS, Protocol.TLS);
        Set<String> explanations = new HashSet<>();
        for (byte[] flight : List.of(TestingHello.latin1("EHLO x"), new TestingHello().record(),
                TestingHello.bytes(22, 3, 1, 0, 0), new TestingHello().serverName("a b").record())) {
            String explanation = TestingSniffer.outcome(config, flight).explanation();
            assertNotNull(explanation);
            explanations.add(explanation);
        }
        assertEquals(4, explanations.size(), explanations::toString);
    }

    @Test
    void connectionsShareTheStringsOfTheirFacts() {
        byte[] hello = new TestingHello().serverName("Shared.Example").alpn("h2", "x").versions(0x0304).record();
        try (TestingConnection connection = connect(Unknown.PASS, Protocol.TLS)) {
            connection.client(hello);
            String name = connection.attribute(Attributes.SNI);
            String alpn = connection.attribute(Attributes.ALPN);
            assertEquals("shared.example", name);
            assertEquals("h2,x", alpn);
            connection.reconnect();
            connection.client(hello);
            assertSame(name, connection.attribute(Attributes.SNI));
            assertSame(alpn, connection.attribute(Attributes.ALPN));
        }
    }

    @Test
    void afterwardsItIsOutOfTheWay() {
        try (TestingConnection connection = connect(Unknown.REJECT, Protocol.SSH)) {
            connection.client("SSH-2.0-x\r\n");
            assertTrue(connection.isRouted());
            connection.client("\0\0more");
            connection.upstream("answer");
            connection.clientFin();
            connection.upstreamFin();
            assertEquals("SSH-2.0-x\r\n\0\0more", connection.forwardedText(CLIENT_TO_UPSTREAM));
            assertEquals("answer", connection.forwardedText(UPSTREAM_TO_CLIENT));
        }
    }
}
