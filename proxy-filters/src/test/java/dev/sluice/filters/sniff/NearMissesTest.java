package dev.sluice.filters.sniff;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.Attributes;
import dev.sluice.api.Direction;
import dev.sluice.api.testkit.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Bytes that are barely a protocol, barely not, or may become one. */
class NearMissesTest {
    private static final String MQTT_REST = "\4\2\0\74\0\0";

    /**
     * First bytes of a client.
     *
     * @param latin1 each character is a byte
     */
    record Row(Protocol protocol, String latin1) {}

    private static List<Row> rows(Protocol protocol, String... flights) {
        List<Row> rows = new ArrayList<>();
        for (String flight : flights) {
            rows.add(new Row(protocol, flight));
        }
        return rows;
    }

    @SafeVarargs
    private static List<Row> all(List<Row>... parts) {
        List<Row> all = new ArrayList<>();
        for (List<Row> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    static List<Row> right() {
        return all(
                rows(Protocol.SSH, "SSH-2.0-", "SSH-1.99-x"),
                rows(Protocol.POSTGRESQL, "\0\0\0\11\0\3\0\0u", "\0\0\47\24\0\3\0\0u", "\0\0\0\20\0\3\47\17_",
                        "\0\0\0\20\4\322\26\56", "\0\0\1\14\4\322\26\56"),
                rows(Protocol.REDIS, "*1\r\n$", "*1048576\r\n$"),
                rows(Protocol.MQTT, "\20\14\0\4MQTT" + MQTT_REST, "\20\377\377\377\177\0\4MQTT" + MQTT_REST,
                        "\20\214\0\0\4MQTT" + MQTT_REST),
                rows(Protocol.SOCKS4, "\4\2\0\120\300\0\2\1\0", "\4\1\0\120\300\0\2\1" + "u".repeat(254) + "\0",
                        "\4\1\0\120\0\0\0\0\0", "\4\1\0\120\0\0\0\1u\0h\0", "\4\1\0\120\0\0\1\0\0"),
                rows(Protocol.SOCKS5, "\5\1\0", "\5\1\1", "\5\1\2", "\5\2\200\2", "\5\377" + "\2".repeat(255),
                        "\5\1\3", "\5\1\11", "\5\1\200", "\5\1\376", "\5\2\200\201"),
                rows(Protocol.RDP, "\3\0\0\13\6\340\0\0\22\64\0", "\3\0\0\14\7\340\0\0\0\0\0t",
                        "\3\0\1\3\376\340\0\0\0\0\0\1", "\3\0\0\20\13\340\0\0\0\0\0\0\1\2\r\n",
                        "\3\0\0\30\23\340\0\0\0\0\0\0\n\2\r\n\1\0\10\0\3\0\0\0",
                        "\3\0\0\20\13\340\0\0\0\0\0\301\2\5\r\n"),
                rows(Protocol.KAFKA, "\0\0\0\12\0\22\0\2\0\0\0\0\377\377", "\0\0\0\13\0\22\0\17\0\0\0\0\0\0",
                        "\0\0\0\15\0\22\0\0\0\0\0\0\0\3"));
    }

    static List<Row> wrong() {
        return all(
                rows(Protocol.TLS, "\26\2", "\26\4", "\27\3\3"),
                rows(Protocol.HTTP2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", "PRi"),
                rows(Protocol.SSH, "SSH-3.0-x", "SSH-2.1-x", "ssh-2.0-x", "SSH 2.0-x"),
                rows(Protocol.POSTGRESQL, "\0\0\0\10\0\3\0\0u", "\0\0\47\25\0\3\0\0u", "\0\0\0\20\0\2\0\0u",
                        "\0\0\0\20\0\4\0\0u", "\0\0\0\20\0\3\0\0\0", "\0\0\0\20\0\3\0\0 ", "\0\0\0\11\4\322\26\57",
                        "\0\0\0\7\4\322\26\60", "\0\0\0\17\4\322\26\56", "\0\0\1\15\4\322\26\56", "\0\1", "\1"),
                rows(Protocol.REDIS, "*0\r\n$", "*01\r\n$", "*\r\n$", "*12345678\r\n$", "*2\n$", "*2\r\n:", "+"),
                rows(Protocol.MQTT, "\20\13\0\4MQTT" + MQTT_REST, "\20\377\377\377\377\1\0\4MQTT",
                        "\20\14\0\4MQTT\3", "\20\14\0\4MQTT\6", "\20\14\0\6MQIsdp\4", "\20\14\0\4mqtt", "\20\14\0\5",
                        "\21\14"),
                rows(Protocol.SOCKS4, "\4\3", "\4\0", "\4\1\0\120\300\0\2\1u\n\0", "\4\1\0\120\0\0\0\1\0h \0",
                        "\4\1\0\120\300\0\2\1" + "u".repeat(256) + "\0"),
                rows(Protocol.SOCKS5, "\5\0", "\5\2\0\377", "\5\1\12", "\5\1\177", "\5\2\200\377", "\4\1"),
                rows(Protocol.RDP, "\3\0\0\13\7\340\0\0\0\0\0", "\3\0\0\13\6\320\0\0\0\0\0",
                        "\3\0\0\13\6\340\0\1\0\0\0", "\3\0\0\13\6\340\0\0\0\0\1", "\3\0\0\12\5\340\0\0\0\0\0",
                        "\3\0\0\14\7\340\0\0\0\0\0\2", "\3\1", "\2", "\3\0\0\20\13\340\0\0\0\0\0\0\1\2\3\n",
                        "\3\0\0\20\13\340\0\0\0\0\0\0\1\r\n\2", "\3\0\0\17\12\340\0\0\0\0\0\301\2\r\n",
                        "\3\0\0\26\21\340\0\0\0\1\0\300\1\12\301\2\1\0\302\2\1\2"),
                rows(Protocol.KAFKA, "\0\0\0\12\0\21\0\2", "\0\0\0\12\0\22\0\20", "\0\0\0\13\0\22\0\2\0\0\0\0\377\377",
                        "\0\0\0\12\0\22\0\3\0\0\0\0\377\377", "\0\0\0\15\0\22\0\3\0\0\0\0\0\3",
                        "\0\0\0\15\0\22\0\3\0\0\0\0\0\4", "\0\1", "\377"));
    }

    static List<Row> undecided() {
        return all(
                rows(Protocol.HTTP1, "GET / HTTP/1.1\r", "GET", "\r", "GET /"),
                rows(Protocol.HTTP2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"),
                rows(Protocol.SSH, "SSH-2.0", "SSH-1"),
                rows(Protocol.POSTGRESQL, "\0\0", "\0\0\0\20\0\3\0", "\0\0\0\20\0\3\0\0", "\0\0\0\10\4\322\26"),
                rows(Protocol.REDIS, "*", "*1234567", "*2\r\n"),
                rows(Protocol.MQTT, "\20", "\20\377\377\377", "\20\14\0\4MQTT", "\20\14\0"),
                rows(Protocol.SOCKS4, "\4\1\0\120\300\0\2\1user", "\4\1\0\120\0\0\0\1\0www", "\4\1\0\120\0\0\0\1\0",
                        "\4\1\0\120\0\0\0\1"),
                rows(Protocol.SOCKS5, "\5", "\5\3\0\1"),
                rows(Protocol.RDP, "\3", "\3\0\0\54\47\340\0\0\0\0\0", "\3\0\0\13\6\340\0\0\0\0",
                        "\3\0\0\20\13\340\0\0\0\0\0\0\1\2\r", "\3\0\0\20\13\340\0\0\0\0\0\301"),
                rows(Protocol.KAFKA, "\0", "\0\0\0\12\0\22\0\2\0\0\0\0\377"));
    }

    @ParameterizedTest
    @MethodSource("right")
    void isTheProtocol(Row row) {
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.REJECT, TestingSniffer.CLIENT_FIRST),
                TestingHello.latin1(row.latin1()));
        assertEquals(row.protocol().label(), outcome.attribute(Attributes.PROTOCOL), outcome::toString);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void isNotTheProtocol(Row row) {
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.REJECT, row.protocol()),
                TestingHello.latin1(row.latin1()));
        assertEquals("the first bytes are of none of the protocols " + row.protocol().label(),
                outcome.explanation());
    }

    @ParameterizedTest
    @MethodSource("undecided")
    void mayBecomeTheProtocol(Row row) {
        Outcome outcome = TestingSniffer.outcome(TestingSniffer.config(Unknown.REJECT, row.protocol()),
                TestingHello.latin1(row.latin1()));
        assertEquals(Outcome.State.OPEN, outcome.state());
        assertFalse(outcome.detached(Direction.CLIENT_TO_UPSTREAM));
    }
}
