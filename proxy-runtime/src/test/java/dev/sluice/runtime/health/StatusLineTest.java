package dev.sluice.runtime.health;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class StatusLineTest {
    private static int parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return StatusLine.parse(bytes, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 503 ",
        "HTTP/1.1 503\r\n", "HTTP/1.1 503\n"})
    void theStatusIsFoundAsSoonAsItIsThere(String text) {
        assertEquals(503, parse(text));
    }

    @Test
    void everyBeginningIsIncomplete() {
        String text = "HTTP/1.1 204";
        for (int length = 0; length <= text.length(); length++) {
            assertEquals(StatusLine.INCOMPLETE, parse(text.substring(0, length)), "after " + length + " bytes");
        }
        assertEquals(204, parse(text + " "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"S", "SSH-2.0-OpenSSH_9.2\r\n", "http/1.1 200 OK", "HTTP/2 200", "HTTP/1.x", "HTTP/1.1200",
        "HTTP/1.1  200 OK", "HTTP/1.1 020 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "\u0015\u0003\u0001",
        "<html>"})
    void otherBytesAreNoStatusLine(String text) {
        assertEquals(StatusLine.NONE, parse(text));
    }

    @Test
    void bytesBeyondTheLengthDoNotCount() {
        assertEquals(StatusLine.INCOMPLETE,
                StatusLine.parse("HTTP/1.1 200 OK".getBytes(StandardCharsets.US_ASCII), 12));
    }
}
