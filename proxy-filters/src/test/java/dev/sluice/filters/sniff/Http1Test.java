package dev.sluice.filters.sniff;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The requests that are HTTP/1, and the names read from them. */
class Http1Test {
    private static final SniffConfig CONFIG = TestingSniffer.config(Unknown.PASS, TestingSniffer.CLIENT_FIRST);
    private static final int WINDOW = 8 * 1024;

    private static void assertHttp(String request, String method, @Nullable String host) {
        assertHttp(TestingSniffer.outcome(CONFIG, TestingHello.latin1(request)), method, host);
    }

    private static void assertHttp(Outcome outcome, String method, @Nullable String host) {
        assertEquals("http1", outcome.attribute(Attributes.PROTOCOL), outcome::toString);
        assertEquals(method, outcome.attribute(Attributes.HTTP_METHOD));
        assertEquals(host, outcome.attribute(Attributes.HTTP_HOST));
        assertNull(outcome.explanation());
    }

    @ParameterizedTest
    @CsvSource({
        "example.com,             example.com",
        "EXAMPLE.Com:8080,        example.com",
        "example.com.,            example.com",
        "example.com.:80,         example.com",
        "example.com:,            example.com",
        "my_service,              my_service",
        "192.0.2.1:80,            192.0.2.1",
        "[2001:DB8::1]:443,       [2001:db8::1]",
        "[::ffff:192.0.2.1],      [::ffff:192.0.2.1]"})
    void aHost(String sent, String expected) {
        assertHttp("GET / HTTP/1.1\r\nAccept: */*\r\nHost: " + sent + "\r\nX: y\r\n\r\n", "GET", expected);
        assertHttp("PUT http://" + sent + "/a:b@c?d HTTP/1.1\r\nHost: other\r\n\r\n", "PUT", expected);
        assertHttp("PUT HTTPS://" + sent + " HTTP/1.1\r\nHost: other\r\n\r\n", "PUT", expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":80", ".", "a b", "a/b", "a:b", "user@a", "a,b", "[::1", "[::1]x", "[x]", "::1",
        "a:80:80", "\u00e4", "a\0"})
    void noHost(String sent) {
        assertHttp("GET / HTTP/1.1\r\nHost: " + sent + "\r\n\r\n", "GET", null);
    }

    @Test
    void theHostHeader() {
        assertHttp("GET / HTTP/1.1\r\nhOST:\t  a \t\r\n\r\n", "GET", "a");
        assertHttp("GET / HTTP/1.1\nHost:a\n\n", "GET", "a");
        assertHttp("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET", null);
        assertHttp("GET / HTTP/1.1\r\nX-Host: a\r\nHost2: b\r\n\r\n", "GET", null);
        assertHttp("GET / HTTP/1.1\r\n\r\nHost: in.the.body\r\n", "GET", null);
        assertHttp("GET / HTTP/1.0\r\n\r\n", "GET", null);
        assertHttp("GET / HTTP/1.1\r\nHost: " + "x".repeat(255) + "\r\n\r\n", "GET", "x".repeat(255));
        assertHttp("GET / HTTP/1.1\r\nHost: " + "x".repeat(256) + "\r\n\r\n", "GET", null);
    }

    @Test
    void twoHostsAreNone() {
        assertHttp("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET", null);
        assertHttp("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: a\r\n\r\n", "GET", null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"M-SEARCH", "BASELINE-CONTROL", "X", "A_B", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"})
    void aMethod(String method) {
        assertHttp(method + " /\u00e4 HTTP/1.9\r\n\r\n", method, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", "GET /  HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / http/1.1\r\n\r\n",
        "GET / HTTP/1.x\r\n\r\n", "GET / HTTP/1.10\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTTP/1.1\r\r\n",
        "GET /a\tb HTTP/1.1\r\n\r\n", "\r\rGET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "\nGET / HTTP/1.1\r\n\r\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n\r\n", "SSH-2 / HTTP/1.1\r\n\r\n",
        "G\0T / HTTP/1.1\r\n\r\n"})
    void whatIsNotHttp(String request) {
        Outcome outcome = TestingSniffer.outcome(CONFIG, TestingHello.latin1(request));
        assertNull(outcome.attribute(Attributes.PROTOCOL));
        assertTrue(outcome.detached(CLIENT_TO_UPSTREAM));
        assertEquals(Outcome.State.OPEN, outcome.state());
    }

    @Test
    void waitsForTheEndOfTheHeaders() {
        try (TestingConnection connection = TestingSniffer.connect(CONFIG)) {
            connection.client("GET / HTTP/1.1\r\nHost: a\r\n");
            assertFalse(connection.detached(CLIENT_TO_UPSTREAM));
            connection.client("\r\n");
            assertHttp(connection.outcome(), "GET", "a");
        }
    }

    @Test
    void doesNotWaitForHeadersIfTheTargetHasTheHost() {
        try (TestingConnection connection = TestingSniffer.connect(CONFIG)) {
            connection.client("GET http://a/ HTTP/1.1\r\n");
            assertTrue(connection.detached(CLIENT_TO_UPSTREAM));
            assertHttp(connection.outcome(), "GET", "a");
        }
    }

    @Test
    void headersThatDoNotEndInTimePassWithWhatIsKnown() {
        assertAtDeadline("GET / HTTP/1.1\r\nHost: a\r\nX:", "a");
        assertAtDeadline("GET / HTTP/1.1\r\nHost: a", null);
        assertAtDeadline("GET / HTTP/1.1\r\n", null);
    }

    private static void assertAtDeadline(String request, @Nullable String host) {
        try (TestingConnection connection = TestingSniffer
                .connect(TestingSniffer.config(Unknown.REJECT, Protocol.HTTP1))) {
            connection.client(request);
            connection.advance(TestingSniffer.DEADLINE);
            assertHttp(connection.outcome(), "GET", host);
            assertEquals(request, connection.forwardedText(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void headersBeyondTheWindowAreNotWaitedFor() {
        String begin = "GET / HTTP/1.1\r\nHost: a\r\nCookie: ";
        byte[] exactly = TestingHello.latin1(begin + "c".repeat(WINDOW - begin.length()));
        assertHttp(TestingSniffer.outcomeOfLong(CONFIG, exactly), "GET", "a");
        try (TestingConnection connection = TestingSniffer.connect(CONFIG)) {
            connection.send(CLIENT_TO_UPSTREAM, exactly, 0, WINDOW - 1);
            assertFalse(connection.detached(CLIENT_TO_UPSTREAM));
            connection.send(CLIENT_TO_UPSTREAM, exactly, WINDOW - 1, 1);
            assertTrue(connection.detached(CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void aRequestLineBeyondTheWindowIsNoHttp() {
        Outcome longest = TestingSniffer.outcomeOfLong(CONFIG,
                TestingHello.latin1("GET /" + "x".repeat(WINDOW - 15) + " HTTP/1.1\n\r\n"));
        assertHttp(longest, "GET", null);
        Outcome longer = TestingSniffer.outcomeOfLong(CONFIG,
                TestingHello.latin1("GET /" + "x".repeat(WINDOW - 14) + " HTTP/1.1\n\r\n"));
        assertNull(longer.attribute(Attributes.PROTOCOL));
        assertTrue(longer.detached(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aHostBehindTooManyHeadersIsNotFound() {
        assertHttp("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(127) + "Host: a\r\n\r\n", "GET", "a");
        assertHttp("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(128) + "Host: a\r\n\r\n", "GET", null);
    }
}
