package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.runtime.yaml.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.config.TestingConfig.assertRow;
import static dev.sluice.runtime.config.TestingConfig.shortened;
import static org.junit.jupiter.api.Assertions.assertEquals;

class AddressesTest {
    private static final String FORMS = "IP:port, [IPv6]:port or unix:/path";

    private static String outcome(ScalarParser<SocketAddress> parser, String text) {
        return TestingConfig.outcome(parser, text, Node.Kind.TEXT);
    }

    private static SocketAddress good(ScalarParser<SocketAddress> parser, String text) {
        return switch (parser.parse(new ScalarParser.Input(text, Node.Kind.TEXT, false))) {
            case ScalarParser.Good<SocketAddress>(SocketAddress address) -> address;
            case ScalarParser.Bad<SocketAddress> bad -> throw new AssertionError(bad.what());
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "127.0.0.1:80 /127.0.0.1:80",
        "0.0.0.0:0 /0.0.0.0:0",
        "255.254.253.252:65535 /255.254.253.252:65535",
        "[::]:443 /[0:0:0:0:0:0:0:0]:443",
        "[::1]:443 /[0:0:0:0:0:0:0:1]:443",
        "[2001:DB8::a]:1 /[2001:db8:0:0:0:0:0:a]:1",
        "[1:2:3:4:5:6:7:8]:1 /[1:2:3:4:5:6:7:8]:1",
        "[64:ff9b::192.0.2.33]:1 /[64:ff9b:0:0:0:0:c000:221]:1",
        "unix:/run/app.sock /run/app.sock"})
    void addresses(String text, String expected) {
        assertEquals(expected, good(Addresses::listen, text).toString());
    }

    @ParameterizedTest
    @CsvSource({"[::ffff:10.0.0.1]:80", "[::FFFF:a00:1]:80", "[0:0:0:0:0:ffff:10.0.0.1]:80"})
    void aMappedAddressIsTheIpv4Address(String text) {
        assertEquals(good(Addresses::endpoint, "10.0.0.1:80"), good(Addresses::endpoint, text));
    }

    /** Faults 47 and 48: whatever another program could read in another way is refused, with the form that every program reads alike. */
    @ParameterizedTest
    @ValueSource(strings = {
        "010.0.0.1:80 => leading zeros, which some programs read as octal | 10.0.0.1:80",
        "10.0.0.01:80 => leading zeros, which some programs read as octal | 10.0.0.1:80",
        "0177.0.0.1:80 => leading zeros, which some programs read as octal | 177.0.0.1:80",
        "0777.0.0.1:80 => the numbers of an IPv4 address end at 255",
        "299.168.0.1:80 => the numbers of an IPv4 address end at 255",
        "127.1:80 => an IPv4 address has four numbers | 127.0.0.1:80",
        "10.1.258:80 => an IPv4 address has four numbers | 10.1.1.2:80",
        "2130706433:80 => an IPv4 address has four numbers | 127.0.0.1:80",
        "4294967296:80 => an IPv4 address has four numbers",
        "1.2.3.4.5:80 => an IPv4 address has four numbers",
        "0x7f.0.0.1:80 => this is not an IPv4 address",
        "0x7f000001:80 => this is not an IPv4 address",
        "10.0.0.0/8:80 => names are not looked up here",
        "1.2.3.:80 => this is not an IPv4 address",
        "１.2.3.4:80 => this is not an IPv4 address",
        "localhost:80 => names are not looked up here | 127.0.0.1:80",
        "LocalHost:080 => names are not looked up here | 127.0.0.1:80",
        "db.internal:5432 => names are not looked up here",
        "*:80 => the IP address is missing | 0.0.0.0:80",
        ":80 => the IP address is missing | 0.0.0.0:80",
        "::1:80 => an IPv6 address needs brackets before the port | [::1]:80",
        "fe80::zz:80 => an IPv6 address needs brackets before the port",
        "[127.0.0.1]:80 => brackets are for IPv6 addresses | 127.0.0.1:80",
        "[::1%lo]:80 => zones are not supported",
        "[::ffff:127.1]:80 => an IPv4 address has four numbers | [::ffff:127.0.0.1]:80",
        "[::ffff:010.0.0.1]:80 => leading zeros, which some programs read as octal | [::ffff:10.0.0.1]:80",
        "[zz::10.0.0.01]:80 => leading zeros, which some programs read as octal",
        "[00001::]:80 => this is not an IPv6 address",
        "[1:2:3]:80 => this is not an IPv6 address",
        "[1::2::3]:80 => this is not an IPv6 address",
        "[:::1]:80 => this is not an IPv6 address",
        "[fe80::1]:80 => a link-local IPv6 address needs a zone, and zones are not supported",
        "239.0.0.1:80 => TCP cannot use a multicast or broadcast address",
        "[ff02::1]:80 => TCP cannot use a multicast or broadcast address",
        "255.255.255.255:80 => TCP cannot use a multicast or broadcast address"})
    void refusedHosts(String row) {
        assertRow(row, text -> shortened(outcome(Addresses::listen, text), FORMS).replace("! '" + text + "': ", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "10.0.0.1: => : the port is missing | a port from 0 to 65535",
        "10.0.0.1:http => : 'http' is not a port | a port from 0 to 65535",
        "10.0.0.1:-1 => : '-1' is not a port | a port from 0 to 65535",
        "10.0.0.1:65536 => : port 65536 is out of range | a port from 0 to 65535",
        "10.0.0.1:4294967376 => : port 4294967376 is out of range | a port from 0 to 65535",
        "10.0.0.1:0080 => : leading zeros in the port | a port from 0 to 65535 | 10.0.0.1:80",
        "10.0.0.1 => has no port | IP:port, [IPv6]:port or unix:/path",
        "[::1] => has no port | IP:port, [IPv6]:port or unix:/path",
        "[::1 => has no port | IP:port, [IPv6]:port or unix:/path",
        "443 => has no IP address | IP:port, [IPv6]:port or unix:/path | 0.0.0.0:443"})
    void refusedPorts(String row) {
        assertRow(row, text -> outcome(Addresses::listen, text).replace("! '" + text + "'", "").strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "10.0.0.1:0 => ! '10.0.0.1:0': port 0 is out of range | a port from 1 to 65535",
        "0.0.0.0:80 => ! '0.0.0.0:80': the wildcard address can be listened on, but not connected to | "
                + FORMS + " | 127.0.0.1:80",
        "[::]:80 => ! '[::]:80': the wildcard address can be listened on, but not connected to | "
                + FORMS + " | [::1]:80",
        ":80 => ! ':80': the IP address is missing | " + FORMS + " | 127.0.0.1:80"})
    void refusedEndpoints(String row) {
        assertRow(row, text -> outcome(Addresses::endpoint, text));
    }

    @Test
    void pathsOfSockets() {
        String allowed = " | unix: and an absolute path of at most 107 bytes";
        String longest = "/" + "x".repeat(106);
        assertEquals(UnixDomainSocketAddress.of(longest), good(Addresses::listen, "unix:" + longest));
        assertEquals("! this path of a socket has 108 bytes" + allowed,
                outcome(Addresses::listen, "unix:" + longest + "x"));
        assertEquals("! this path of a socket has 108 bytes" + allowed,
                outcome(Addresses::listen, "unix:/" + "x".repeat(105) + "é"));
        assertEquals("! 'unix:app.sock' is not the absolute path of a socket" + allowed,
                outcome(Addresses::listen, "unix:app.sock"));
        assertEquals("! 'unix:@app' is not the absolute path of a socket" + allowed,
                outcome(Addresses::listen, "unix:@app"));
        assertEquals("! 'unix:/run/' is not the absolute path of a socket" + allowed,
                outcome(Addresses::listen, "unix:/run/"));
        assertEquals("! 'unix:/a\uFFFDb' has a control character in it" + allowed,
                outcome(Addresses::listen, "unix:/a\0b"));
    }
}
