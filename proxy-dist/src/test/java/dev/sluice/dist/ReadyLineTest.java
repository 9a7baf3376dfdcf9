package dev.sluice.dist;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ReadyLineTest {
    @Test
    void listenersComeInOrderAndAdminLast() throws Exception {
        Map<String, SocketAddress> listeners = new LinkedHashMap<>();
        listeners.put("web", address("0.0.0.0", 443));
        listeners.put("edge", address("127.0.0.1", 8080));

        assertEquals("sluice ready web=0.0.0.0:443 edge=127.0.0.1:8080 admin=127.0.0.1:9901",
                ReadyLine.of(listeners, Optional.of(address("127.0.0.1", 9901))));
        assertEquals("sluice ready web=0.0.0.0:443 edge=127.0.0.1:8080", ReadyLine.of(listeners, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "::, [::]",
        "::1, [::1]",
        "2001:db8::, [2001:db8::]",
        "2001:db8::1, [2001:db8::1]",
        "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]",
        "fe80:10:20:30:40:50:60:70, [fe80:10:20:30:40:50:60:70]",
        "1:0:0:10:0:0:100:0, [1::10:0:0:100:0]"
    })
    void ipv6IsShortened(String given, String rendered) throws Exception {
        assertEquals("sluice ready edge=" + rendered + ":1",
                ReadyLine.of(Map.of("edge", address(given, 1)), Optional.empty()));
    }

    @Test
    void pathsHaveNoSpaces() {
        assertEquals("sluice ready admin=unix:/run/a%20b%25%C3%BC%0A.sock",
                ReadyLine.of(Map.of(), Optional.of(UnixDomainSocketAddress.of("/run/a b%ü\n.sock"))));
    }

    private static SocketAddress address(String ip, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(ip), port);
    }
}
