package dev.sluice.runtime.health;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Probes and settings as values. */
class ProbeTest {
    private static final SocketAddress DATABASE = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 5432);
    private static final SocketAddress UNIX = UnixDomainSocketAddress.of("/run/app.sock");
    private static final List<StatusRange> GOOD = List.of(new StatusRange(200, 399));

    private static HttpProbe http(String path, Optional<String> host, OptionalInt port, String method) {
        return new HttpProbe(path, host, port, method, GOOD);
    }

    private static CheckSettings settings(Probe probe) {
        return new CheckSettings(probe, Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3, null);
    }

    @Test
    void aRequestHasFourLines() {
        assertEquals(
                Bytes.of("GET /primary HTTP/1.1\r\nHost: db\r\nUser-Agent: sluice-health\r\nConnection: close\r\n\r\n"),
                http("/primary", Optional.of("db"), OptionalInt.empty(), "GET").request(DATABASE));
        assertTrue(http("/", Optional.empty(), OptionalInt.empty(), "OPTIONS").request(DATABASE).toString()
                .startsWith("\"OPTIONS / HTTP/1.1\\r\\nHost: 10.0.0.1:5432\\r\\n"));
        assertTrue(http("/", Optional.empty(), OptionalInt.empty(), "GET").request(UNIX).toString()
                .contains("Host: localhost\\r\\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "health", "/a b", "/\r\nX-Evil: 1", "/ü", "/\u0000"})
    void aPathIsOneWordOfARequestLine(String path) {
        String refusal = String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> http(path, Optional.empty(), OptionalInt.empty(), "GET")).getMessage());
        assertTrue(refusal.startsWith("path is \"") && refusal.chars().allMatch(c -> c >= ' '), refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nX-Evil: 1"})
    void aHostIsOneWord(String host) {
        assertThrows(IllegalArgumentException.class, () -> http("/", Optional.of(host), OptionalInt.empty(), "GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G ET", "GET\r\n", "GET /"})
    void aMethodIsAToken(String method) {
        assertThrows(IllegalArgumentException.class, () -> http("/", Optional.empty(), OptionalInt.empty(), method));
    }

    @Test
    void statusRangesAreInclusive() {
        HttpProbe probe = new HttpProbe("/", Optional.empty(), OptionalInt.empty(), "GET",
                List.of(new StatusRange(200, 299), new StatusRange(401, 401)));
        assertEquals("200-299, 401", probe.expectedText());
        assertEquals(List.of(false, true, true, false, false, true, false),
                List.of(199, 200, 299, 300, 400, 401, 402).stream().map(probe::expects).toList());
        assertThrows(IllegalArgumentException.class, () -> new StatusRange(300, 200));
        assertThrows(IllegalArgumentException.class, () -> new StatusRange(99, 200));
        assertThrows(IllegalArgumentException.class, () -> new StatusRange(200, 600));
    }

    @Test
    void aPortOfItsOwnIsAnotherAddress() {
        CheckSettings elsewhere = settings(http("/", Optional.empty(), OptionalInt.of(8008), "GET"));
        assertEquals(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 8008), elsewhere.addressFor(DATABASE));
        assertFalse(elsewhere.asksPortOf(DATABASE));
        assertEquals(UNIX, elsewhere.addressFor(UNIX));
        CheckSettings same = settings(http("/", Optional.empty(), OptionalInt.of(5432), "GET"));
        assertTrue(same.asksPortOf(DATABASE));
        assertTrue(settings(TcpProbe.CONNECT).asksPortOf(DATABASE));
        assertEquals(DATABASE, settings(TcpProbe.CONNECT).addressFor(DATABASE));
    }

    @Test
    void equalSettingsAreEqual() {
        assertEquals(settings(new TcpProbe(Bytes.of("PING\r\n"), Bytes.of(new byte[]{'+'}))),
                settings(new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+"))));
        assertEquals(settings(new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+"))).hashCode(),
                settings(new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+"))).hashCode());
        assertNotEquals(settings(new TcpProbe(Bytes.of("PING"), Bytes.of("+"))),
                settings(new TcpProbe(Bytes.of("PONG"), Bytes.of("+"))));
    }

    @Test
    void whatCannotMatchIsRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> new TcpProbe(Bytes.NONE, Bytes.of("x".repeat(Answer.LIMIT + 1))));
        assertThrows(IllegalArgumentException.class, () -> new TlsProbe(Optional.of("a b"), true, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new CheckSettings(TcpProbe.CONNECT, Duration.ZERO,
                Duration.ofSeconds(1), 1, 1, null));
    }
}
