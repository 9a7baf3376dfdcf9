package dev.sluice.runtime.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class AddressTextTest {
    // The examples of RFC 5952, sections 4 and 5, and the corners of the rule about the longest run of zeros.
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:443",
        "2001:0db8:0:0:0:0:0:1, [2001:db8::1]:443",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:443",
        "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:443",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:443",
        "2001:DB8:ABCD:0:0:0:0:0, [2001:db8:abcd::]:443",
        "0:0:0:0:0:0:0:0, [::]:443",
        "0:0:0:0:0:0:0:1, [::1]:443",
        "1:0:0:0:0:0:0:0, [1::]:443",
        "::ffff:192.0.2.1, 192.0.2.1:443"})
    void oneSpellingPerAddress(String literal, String expected) {
        assertEquals(expected, AddressText.of(new InetSocketAddress(InetAddress.ofLiteral(literal), 443)));
    }

    @Test
    void scopesUnixPathsAndUnresolvedNamesAreKept() throws UnknownHostException {
        byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();
        assertEquals(
                "[fe80::1%3]:1",
                AddressText.of(new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 1)));
        assertEquals("unix:/run/app.sock", AddressText.of(UnixDomainSocketAddress.of("/run/app.sock")));
        assertEquals("unix:", AddressText.of(UnixDomainSocketAddress.of("")));
        assertEquals("example.invalid:80", AddressText.of(InetSocketAddress.createUnresolved("example.invalid", 80)));
    }
}
