package dev.sluice.api.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;

import dev.sluice.api.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IpAddressTest {
    // The examples of RFC 5952, sections 4 and 5, and the corners of the rule about the longest run of zeros.
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "200.1.2.3, 200.1.2.3",
        "2001:0db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:ABCD:0:0:0:0:0, 2001:db8:abcd::",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "0:1:1:1:1:1:1:1, 0:1:1:1:1:1:1:1",
        "0:0:1:1:1:1:1:1, ::1:1:1:1:1:1",
        "1:1:1:1:1:1:0:0, 1:1:1:1:1:1::",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"})
    void oneSpellingPerAddress(String text, String expected) {
        assertEquals(expected, IpAddress.parse(text).toString());
    }

    /** P10: a limit or a rule must not depend on how the operating system spells a client. */
    @ParameterizedTest
    @ValueSource(strings = {"::ffff:192.0.2.7", "::FFFF:c000:207", "0:0:0:0:0:ffff:192.0.2.7"})
    void aMappedAddressIsTheIpv4Address(String text) {
        IpAddress address = IpAddress.parse(text);
        assertEquals(IpAddress.parse("192.0.2.7"), address);
        assertTrue(address.isIpv4());
        assertEquals(0xc0000207, address.ipv4Bits());
        assertEquals("192.0.2.7", address.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"::192.0.2.7", "::fffe:192.0.2.7", "1::ffff:192.0.2.7"})
    void whatOnlyLooksMappedIsNot(String text) {
        IpAddress address = IpAddress.parse(text);
        assertFalse(address.isIpv4());
        assertThrows(IllegalStateException.class, address::ipv4Bits);
    }

    @Test
    void socketsGetTheirKindOfAddress() {
        assertEquals("192.0.2.7",
                assertInstanceOf(Inet4Address.class, IpAddress.parse("::ffff:192.0.2.7").toInetAddress())
                        .getHostAddress());
        assertEquals("2001:db8:0:0:0:0:0:1",
                assertInstanceOf(Inet6Address.class, IpAddress.parse("2001:db8::1").toInetAddress()).getHostAddress());
    }

    /** Against the JDK's reader: it must see in our text the address that we print. */
    @Test
    void textsAreReadBackAsTheSameAddress() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            IpAddress address = i % 4 == 0
                    ? IpAddress.ofIpv4(random.nextInt())
                    : new IpAddress(sparse(random), sparse(random));
            assertEquals(address, IpAddress.parse(address.toString()));
            assertEquals(address, IpAddress.of(InetAddress.ofLiteral(address.toString())));
            assertEquals(address, IpAddress.of(address.toInetAddress()));
        }
    }

    /** Many hextets are 0. */
    private static long sparse(Random random) {
        long bits = 0;
        for (int i = 0; i < 4; i++) {
            bits = bits << 16 | (random.nextBoolean() ? random.nextInt(1 << 16) : 0);
        }
        return bits;
    }

    /** Fault 47. An empty last column: nobody can tell what was meant. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "010.0.0.1        | leading zeros, which some programs read as octal | 10.0.0.1",
        "127.1            | an IPv4 address has four numbers                 | 127.0.0.1",
        "2130706433       | an IPv4 address has four numbers                 | 127.0.0.1",
        "299.168.0.1      | the numbers of an IPv4 address end at 255        |",
        "0x7f.0.0.1       | this is not an IPv4 address                      |",
        "1.2.3.4.         | this is not an IPv4 address                      |",
        "::ffff:010.0.0.1 | leading zeros, which some programs read as octal | ::ffff:10.0.0.1",
        "1::2::3          | this is not an IPv6 address                      |",
        "00001::          | this is not an IPv6 address                      |",
        "fe80::1%eth0     | zones are not supported                          |",
        "192.0.2.1%eth0   | zones are not supported                          |",
        "[::1]            | brackets are for an address before a port        | ::1",
        "192.0.2.1:443    | there is a port behind the address               | 192.0.2.1",
        "localhost        | names are not looked up here                     | 127.0.0.1",
        "example.com      | names are not looked up here                     |",
        "''               | the IP address is missing                        |"})
    void refused(String text, String wrong, String meant) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> IpAddress.parse(text));
        assertEquals("'" + text + "': " + wrong, refusal.what());
        assertEquals(meant, refusal.didYouMean());
        if (meant != null) {
            assertEquals(IpAddress.parse(meant), IpAddress.of(InetAddress.ofLiteral(meant)));
        }
    }
}
