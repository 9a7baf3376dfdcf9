package dev.sluice.filters.sniff;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.testkit.Outcome;
import org.jspecify.annotations.Nullable;

import static dev.sluice.filters.sniff.TestingHello.bytes;
import static dev.sluice.filters.sniff.TestingHello.join;
import static dev.sluice.filters.sniff.TestingHello.latin1;
import static dev.sluice.filters.sniff.TestingHello.vector;

/** First bytes of clients; tests of other modules send the same through the whole proxy. */
public final class Flights {
    /**
     * One of them.
     *
     * @param protocol null if it is none that is known
     * @param latin1 each character is a byte
     */
    public record Flight(String name, @Nullable Protocol protocol, String latin1) {
        Flight(String name, @Nullable Protocol protocol, byte[] bytes) {
            this(name, protocol, new String(bytes, StandardCharsets.ISO_8859_1));
        }

        /** The bytes. */
        public byte[] bytes() {
            return TestingHello.latin1(latin1);
        }

        /** The result of the filter when it is tested alone, in all segmentations. */
        public Outcome expected() {
            return TestingSniffer.outcome(TestingSniffer.config(Unknown.PASS, TestingSniffer.CLIENT_FIRST), bytes());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Flights() {}

    /** At least one for each protocol that has something to be recognised by, and of others. */
    public static List<Flight> all() {
        List<Flight> flights = new ArrayList<>();
        flights.add(new Flight("JDK, TLS 1.2 and 1.3", Protocol.TLS,
                JdkHellos.hello("www.example.com", List.of("h2", "http/1.1"), "TLSv1.2", "TLSv1.3")));
        flights.add(new Flight("JDK, TLS 1.2", Protocol.TLS,
                JdkHellos.hello("www.example.com", List.of(), "TLSv1.2")));
        flights.add(new Flight("JDK, TLS 1.3, no name", Protocol.TLS,
                JdkHellos.hello("", List.of("h2"), "TLSv1.3")));
        flights.add(new Flight("TLS in records of 7 bytes", Protocol.TLS, TestingHello.recordsOf(
                new TestingHello().serverName("seven.example").alpn("h2").versions(0x0304, 0x0303).message(), 7)));
        flights.add(new Flight("TLS 1.0 without extensions", Protocol.TLS,
                new TestingHello().version(0x0301).sessionId(0).withoutExtensions().record()));
        flights.add(new Flight("curl", Protocol.HTTP1,
                "GET /a?b=c HTTP/1.1\r\nHost: Example.com:8080\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n"));
        flights.add(new Flight("HTTP/1.0", Protocol.HTTP1, "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"));
        flights.add(new Flight("HTTP proxy", Protocol.HTTP1,
                "GET http://proxied.example/x HTTP/1.1\nHost: other.example\n\n"));
        flights.add(new Flight("WebDAV behind an empty line", Protocol.HTTP1,
                "\r\nVERSION-CONTROL /x HTTP/1.1\r\nHost: dav\r\n\r\n"));
        flights.add(new Flight("HTTP/2", Protocol.HTTP2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"));
        flights.add(new Flight("OpenSSH", Protocol.SSH, "SSH-2.0-OpenSSH_9.9\r\n"));
        flights.add(new Flight("SSH 1", Protocol.SSH, "SSH-1.5-old\n"));
        flights.add(new Flight("psql", Protocol.POSTGRESQL, startup(0x0003_0000)));
        flights.add(new Flight("psql 18, protocol 3.2", Protocol.POSTGRESQL, startup(0x0003_0002)));
        flights.add(new Flight("psql, SSLRequest", Protocol.POSTGRESQL, "\0\0\0\10\4\322\26\57"));
        flights.add(new Flight("psql, GSSENCRequest", Protocol.POSTGRESQL, "\0\0\0\10\4\322\26\60"));
        flights.add(new Flight("psql, CancelRequest", Protocol.POSTGRESQL, "\0\0\0\20\4\322\26\56\0\0\1\2abcd"));
        flights.add(new Flight("redis-cli", Protocol.REDIS, "*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n"));
        flights.add(new Flight("MQTT 3.1.1", Protocol.MQTT, mqtt("MQTT", 4, bytes())));
        flights.add(new Flight("MQTT 5", Protocol.MQTT, mqtt("MQTT", 5, bytes(0))));
        flights.add(new Flight("MQTT 3.1", Protocol.MQTT, mqtt("MQIsdp", 3, bytes())));
        flights.add(new Flight("MQTT, a bridge", Protocol.MQTT, mqtt("MQTT", 0x84, bytes())));
        flights.add(new Flight("SOCKS 4", Protocol.SOCKS4, "\4\1\0\120\300\0\2\1user\0"));
        flights.add(new Flight("SOCKS 4a", Protocol.SOCKS4, "\4\1\0\120\0\0\0\1\0www.example.com\0"));
        flights.add(new Flight("SOCKS 5", Protocol.SOCKS5, "\5\2\0\2"));
        flights.add(new Flight("SOCKS 5, with its request", Protocol.SOCKS5, "\5\1\0\5\1\0\3\1a\0\120"));
        flights.add(new Flight("SOCKS 5, private methods only", Protocol.SOCKS5, "\5\2\200\376"));
        flights.add(new Flight("RDP with the binary token of a session broker", Protocol.RDP,
                "\3\0\0\41\34\340\0\0\0\0\0\0\1\377\r\n\200\3\7\0\0\0\1\2\3\4\5\6\r\n\1\0\10\0\13\0\0\0"));
        flights.add(new Flight("RDP with a cookie", Protocol.RDP,
                "\3\0\0\54\47\340\0\0\0\0\0Cookie: mstshash=eltons\r\n\1\0\10\0\0\0\0\0"));
        flights.add(new Flight("RDP with a negotiation request", Protocol.RDP,
                "\3\0\0\23\16\340\0\0\0\0\0\1\0\10\0\13\0\0\0"));
        flights.add(new Flight("RDP, nothing but a request", Protocol.RDP, "\3\0\0\13\6\340\0\0\0\0\0"));
        flights.add(new Flight("Kafka, version 3", Protocol.KAFKA,
                apiVersions(3, vector(2, latin1("admin-1")), latin1("\0\22apache-kafka-java\0063.3.1\0"))));
        flights.add(new Flight("Kafka, version 0, no client id", Protocol.KAFKA,
                apiVersions(0, bytes(0xff, 0xff), bytes())));
        flights.add(new Flight("SMTP", null, "EHLO client.example\r\n"));
        flights.add(new Flight("POP3", null, "USER somebody\r\n"));
        flights.add(new Flight("HTTP/0.9", null, "GET /\r\n"));
        flights.add(new Flight("Redis, a line", null, "GET HTTP/1.1\r\n"));
        flights.add(new Flight("HTTP/2 without its second half", null, "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"));
        flights.add(new Flight("S7 over X.224", null,
                "\3\0\0\26\21\340\0\0\0\1\0\301\2\1\0\302\2\1\2\300\1\12"));
        flights.add(new Flight("SSL 2", null, "\200\56\1\3\1\0\25\0\0\0\20\0\0\4"));
        flights.add(new Flight("Kafka, Metadata", null, "\0\0\0\20\0\3\0\0\0\0\0\1\0\1c\0\0\0\0"));
        flights.add(new Flight("a TLS alert", null, "\25\3\1\0\2\2\50"));
        return flights;
    }

    private static byte[] startup(int version) {
        byte[] rest = join(bytes(version >> 24, version >> 16, version >> 8, version),
                latin1("user\0postgres\0database\0shop\0\0"));
        return join(bytes(0, 0, 0, rest.length + 4), rest);
    }

    private static byte[] mqtt(String name, int level, byte[] properties) {
        return join(bytes(0x10), vector(1, join(vector(2, latin1(name)), bytes(level, 2, 0, 60), properties,
                vector(2, latin1("client")))));
    }

    private static byte[] apiVersions(int version, byte[] clientId, byte[] body) {
        return vector(4, join(bytes(0, 18, 0, version, 0, 0, 0, 1), clientId, body));
    }
}
