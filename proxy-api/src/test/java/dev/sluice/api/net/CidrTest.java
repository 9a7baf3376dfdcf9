package dev.sluice.api.net;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Random;

import dev.sluice.api.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, 10.255.255.255",
        "0.0.0.0/0, 0.0.0.0/0, 255.255.255.255",
        "192.0.2.7, 192.0.2.7/32, 192.0.2.7",
        "192.0.2.6/31, 192.0.2.6/31, 192.0.2.7",
        "::/0, ::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:DB8::/32, 2001:db8::/32, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::1, 2001:db8::1/128, 2001:db8::1",
        "2001:db8:0:1::/64, 2001:db8:0:1::/64, 2001:db8:0:1:ffff:ffff:ffff:ffff",
        "2001:db8:0:1:8000::/65, 2001:db8:0:1:8000::/65, 2001:db8:0:1:ffff:ffff:ffff:ffff",
        "::ffff:10.0.0.0/104, 10.0.0.0/8, 10.255.255.255",
        "::ffff:a00:0/104, 10.0.0.0/8, 10.255.255.255",
        "::ffff:0:0/96, 0.0.0.0/0, 255.255.255.255",
        "::ffff:192.0.2.7, 192.0.2.7/32, 192.0.2.7"})
    void ranges(String text, String expected, String last) {
        Cidr cidr = Cidr.parse(text);
        assertEquals(expected, cidr.toString());
        assertEquals(cidr, Cidr.parse(expected));
        assertEquals(last, cidr.last().toString());
    }

    /** Fault 48. An empty last column: nobody can tell what was meant; each other suggestion is accepted. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1/8            | bits behind the first 8 are set                          | 10.0.0.0/8",
        "192.0.2.128/24        | bits behind the first 24 are set                         | 192.0.2.0/24",
        "2001:db8::1/32        | bits behind the first 32 are set                         | 2001:db8::/32",
        "10.0.0.0/0            | bits behind the first 0 are set                          | 0.0.0.0/0",
        "::ffff:10.0.0.1/104   | bits behind the first 104 are set                        | 10.0.0.0/8",
        "::ffff:10.0.0.0/8     | the prefix length of an IPv4 address that is written as IPv6 is 96 to 128 | 10.0.0.0/8",
        "::ffff:10.0.0.0/64    | the prefix length of an IPv4 address that is written as IPv6 is 96 to 128 |",
        "10/8                  | an IPv4 address has four numbers                         | 10.0.0.0/8",
        "172.16/12             | an IPv4 address has four numbers                         | 172.16.0.0/12",
        "172.17/12             | an IPv4 address has four numbers                         | 172.16.0.0/12",
        "192.168.1/24          | an IPv4 address has four numbers                         | 192.168.1.0/24",
        "010/8                 | an IPv4 address has four numbers                         | 10.0.0.0/8",
        "127.1/32              | an IPv4 address has four numbers                         |",
        "10                    | an IPv4 address has four numbers                         |",
        "010.0.0.0/8           | leading zeros, which some programs read as octal         | 10.0.0.0/8",
        "010.1.2.3/08          | leading zeros, which some programs read as octal         | 10.0.0.0/8",
        "010.1.2.3             | leading zeros, which some programs read as octal         | 10.1.2.3",
        "0xa.0.0.0/8           | this is not an IPv4 address                              |",
        "10.0.0.0/08           | leading zeros in the prefix length                       | 10.0.0.0/8",
        "10.0.0.0/33           | the prefix length of an IPv4 address ends at 32          |",
        "10.0.0.0/4294967304   | the prefix length of an IPv4 address ends at 32          |",
        "2001:db8::/129        | the prefix length of an IPv6 address ends at 128         |",
        "::ffff:10.0.0.0/129   | the prefix length of an IPv6 address ends at 128         |",
        "10.0.0.0/             | the prefix length is missing                             |",
        "10.0.0.0/-8           | the prefix length is not a number                        |",
        "10.0.0.0/+8           | the prefix length is not a number                        |",
        "10.0.0.0/8/8          | the prefix length is not a number                        |",
        "10.0.0.0/٨            | the prefix length is not a number                        |",
        "10.0.0.0/255.0.0.0    | netmasks are written as a prefix length                  | 10.0.0.0/8",
        "10.1.0.0/255.255.255.255 | netmasks are written as a prefix length               | 10.1.0.0/32",
        "10.0.0.0/255.0.255.0  | netmasks are written as a prefix length                  |",
        "10.0.0.1-10.0.0.9     | this is not an IPv4 address                              |",
        "localhost             | names are not looked up here                             | 127.0.0.1",
        "example.com/24        | names are not looked up here                             |",
        "/8                    | the IP address is missing                                |",
        "''                    | the IP address is missing                                |",
        "2001:db8:::/32        | this is not an IPv6 address                              |",
        "fe80::%eth0/64        | zones are not supported                                  |"})
    void refused(String text, String wrong, String meant) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> Cidr.parse(text));
        assertEquals("'" + text + "': " + wrong, refusal.what());
        assertEquals(meant, refusal.didYouMean());
        if (meant != null) {
            Cidr.parse(meant);
        }
    }

    @Test
    void theConstructorIsAsStrict() {
        IpAddress v4 = IpAddress.parse("10.1.0.0");
        assertEquals("10.1.0.0/16", new Cidr(v4, 16).toString());
        assertEquals("10.0.0.0/8", assertThrows(ConfigException.class, () -> new Cidr(v4, 8)).didYouMean());
        assertThrows(ConfigException.class, () -> new Cidr(v4, 33));
        assertThrows(ConfigException.class, () -> new Cidr(v4, -1));
        assertThrows(ConfigException.class, () -> new Cidr(IpAddress.parse("::"), 129));
    }

    @Test
    void ipv4AndIpv6AreApart() {
        IpAddress v4 = IpAddress.parse("10.0.0.1");
        assertFalse(Cidr.parse("::/0").contains(v4));
        assertTrue(Cidr.parse("0.0.0.0/0").contains(v4));
        assertTrue(Cidr.parse("0.0.0.0/0").contains(IpAddress.parse("::ffff:10.0.0.1")));
        assertFalse(Cidr.parse("0.0.0.0/0").contains(IpAddress.parse("::10.0.0.1")));
        assertTrue(Cidr.parse("::/0").contains(IpAddress.parse("::10.0.0.1")));
    }

    /** Containment is comparison with the first and the last address, as numbers. */
    @Test
    void containsWhatIsBetweenFirstAndLast() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            boolean v4 = random.nextBoolean();
            IpAddress inside = v4
                    ? IpAddress.ofIpv4(random.nextInt())
                    : new IpAddress(random.nextLong() | 1, random.nextLong());
            int length = random.nextInt((v4 ? 32 : 128) + 1);
            Cidr cidr = of(inside, length);
            assertEquals(cidr, Cidr.parse(cidr.toString()));
            assertTrue(cidr.contains(inside));
            assertTrue(cidr.contains(cidr.network()));
            assertTrue(cidr.contains(cidr.last()));
            int flipped = random.nextInt(v4 ? 32 : 128);
            IpAddress other = flip(inside, (v4 ? 96 : 0) + flipped);
            assertNotEquals(inside, other);
            boolean between = number(other).compareTo(number(cidr.network())) >= 0
                    && number(other).compareTo(number(cidr.last())) <= 0;
            assertEquals(between, cidr.contains(other), () -> cidr + " " + other);
            assertEquals(flipped >= length, cidr.contains(other), () -> cidr + " " + other);
        }
    }

    /** The CIDR of a length around an address, by way of the correction. */
    private static Cidr of(IpAddress inside, int length) {
        try {
            return Cidr.parse(inside + "/" + length);
        } catch (ConfigException e) {
            return Cidr.parse(String.valueOf(e.didYouMean()));
        }
    }

    private static IpAddress flip(IpAddress address, int bit) {
        return bit < 64
                ? new IpAddress(address.high() ^ 1L << (63 - bit), address.low())
                : new IpAddress(address.high(), address.low() ^ 1L << (127 - bit));
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(1, ByteBuffer.allocate(16).putLong(address.high()).putLong(address.low()).array());
    }
}
