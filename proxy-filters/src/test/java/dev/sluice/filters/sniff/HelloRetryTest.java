package dev.sluice.filters.sniff;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.filters.sniff.TestingHello.bytes;
import static dev.sluice.filters.sniff.TestingHello.join;
import static dev.sluice.filters.sniff.TestingHello.vector;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** A server that asks the client for another hello (RFC 8446 section 4.1.4), and the JDK's client that sends it. */
class HelloRetryTest {
    private static final String NAME = "retry.example";
    /** The random by which a ServerHello is a HelloRetryRequest (RFC 8446 section 4.1.3). */
    private static final byte[] RETRY = HexFormat.of()
            .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    private static final int SESSION_ID_AT = 5 + 4 + 2 + 32;
    private static final int SECP521R1 = 25;

    private final SSLEngine client = JdkHellos.client(NAME, List.of("h2"), "TLSv1.3");

    private static byte[] retryRequest(byte[] hello) {
        byte[] session = Arrays.copyOfRange(hello, SESSION_ID_AT, SESSION_ID_AT + 1 + hello[SESSION_ID_AT]);
        byte[] extensions = join(bytes(0, 43, 0, 2, 3, 4), bytes(0, 51, 0, 2, 0, SECP521R1));
        byte[] body = join(bytes(3, 3), RETRY, session, bytes(0x13, 0x01, 0), vector(2, extensions));
        return TestingHello.record(join(bytes(2), vector(3, body)));
    }

    private byte[] afterRetryRequest(byte[] hello) throws SSLException {
        client.unwrap(ByteBuffer.wrap(retryRequest(hello)), ByteBuffer.allocate(16));
        while (client.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            client.getDelegatedTask().run();
        }
        byte[] flight = JdkHellos.flight(client);
        // For old middleboxes, a ChangeCipherSpec may come first.
        return flight[0] == 20 ? join(flight, JdkHellos.flight(client)) : flight;
    }

    @Test
    void theSecondHelloPassesUnseenAndTheNameIsThatOfTheFirst() throws SSLException {
        byte[] first = JdkHellos.flight(client);
        byte[] second = afterRetryRequest(first);
        assertFalse(Arrays.equals(first, second));
        SniffConfig config = TestingSniffer.config(Unknown.REJECT, Protocol.TLS);
        try (TestingConnection connection = TestingSniffer.connect(config)) {
            connection.client(first);
            Outcome before = connection.outcome();
            assertEquals(NAME, before.attribute(Attributes.SNI));
            connection.upstream(retryRequest(first));
            connection.client(second);
            Outcome after = connection.outcome();
            assertEquals(Outcome.State.OPEN, after.state());
            assertEquals(before.attributes(), after.attributes());
            assertArrayEquals(join(first, second), after.forwarded(CLIENT_TO_UPSTREAM));
        }
        assertArrayEquals(join(first, second), TestingSniffer.outcome(config, join(first, second))
                .forwarded(CLIENT_TO_UPSTREAM));
    }

    @Test
    void theSecondHelloAloneNamesTheSame() throws SSLException {
        byte[] second = afterRetryRequest(JdkHellos.flight(client));
        byte[] hello = second[0] == 20 ? Arrays.copyOfRange(second, 6, second.length) : second;
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.REJECT, Protocol.TLS), hello);
        assertEquals(NAME, outcome.attribute(Attributes.SNI), outcome::toString);
        assertEquals("h2", outcome.attribute(Attributes.ALPN));
        assertEquals("1.3", outcome.attribute(Attributes.TLS_VERSION));
    }
}
