package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.MemoryBounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The beginning of a connection of PostgreSQL, byte by byte. */
class PostgresGreetingTest {
    private interface Look {
        void at(Buffer buffer);
    }

    private static void with(byte[] bytes, Look look) {
        try (BufferPool pool = new BufferPool(new MemoryBounds(65_536, 65_536, 0, 0), 1)) {
            LoopMemory memory = pool.share(0);
            Buffer buffer = Objects.requireNonNull(memory.borrow());
            buffer.append(bytes, 0, bytes.length);
            look.at(buffer);
            memory.giveBack(buffer);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // SSLRequest, whole, in parts, and with a byte behind it
        "0000000804d2162f, SSL_REQUEST", "00, MORE", "0000000804d216, MORE", "0000000804d2162f16, INVALID",
        // GSSENCRequest
        "0000000804d21630, GSS_REQUEST", "0000000804d2163000, INVALID",
        // a handshake at once
        "16, DIRECT", "1603010200, DIRECT",
        // a startup message of protocol 3.0, one that is too long, CancelRequest, protocol 2, HTTP
        "0000005200030000, PLAIN", "0000271100030000, INVALID", "0000001004d2162e, PLAIN", "0000005200020000, INVALID",
        "474554202f20485454, INVALID", "0000000904d2162f, INVALID", "80000008 04d2162f, INVALID"})
    void aGreetingIsKnownByItsFirstBytes(String hex, PostgresGreeting expected) {
        with(HexFormat.of().parseHex(hex.replace(" ", "")),
                buffer -> assertEquals(expected, PostgresGreeting.of(buffer)));
    }

    @ParameterizedTest
    @CsvSource({"53, ''", "4e, start-tls-refused: the endpoint has no TLS",
        "45, start-tls-refused: the endpoint does not understand SSLRequest",
        "5316, start-tls-refused: bytes before the handshake"})
    void anAnswerIsOneByte(String hex, String problem) {
        byte[] answer = HexFormat.of().parseHex(hex);
        assertEquals(problem, PostgresGreeting.problem(answer[0], answer.length == 1));
    }

    @Test
    void theRequestIsOne() {
        with(PostgresGreeting.request(),
                buffer -> assertEquals(PostgresGreeting.SSL_REQUEST, PostgresGreeting.of(buffer)));
    }

    @Test
    void theRefusalIsAnErrorResponse() {
        byte[] refusal = PostgresGreeting.refusal();
        assertEquals('E', refusal[0]);
        assertEquals(refusal.length - 1, refusal[3] * 256 + (refusal[4] & 0xff));
        assertArrayEquals("C28000".getBytes(StandardCharsets.US_ASCII), java.util.Arrays.copyOfRange(refusal, 19, 25));
        assertEquals(0, refusal[refusal.length - 1]);
    }
}
