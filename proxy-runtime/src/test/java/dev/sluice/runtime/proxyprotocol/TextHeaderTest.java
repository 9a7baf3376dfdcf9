package dev.sluice.runtime.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Fault 45: the grammar of version 1, byte for byte, against regular expressions ({@link ReferenceLine}). */
class TextHeaderTest {
    private static final String LONG_IPV6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    private static final String LONG_TAIL = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255";

    static final List<String> LINES = List.of(
            "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443",
            "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535",
            "PROXY TCP4 0.0.0.0 0.0.0.0 0 0",
            "PROXY TCP6 2001:db8::1 2001:db8::ff 4711 443",
            "PROXY TCP6 " + LONG_IPV6 + " " + LONG_IPV6 + " 65535 65535",
            "PROXY TCP6 :: ::1 1 65535",
            "PROXY TCP6 ::ffff:192.0.2.1 2001:DB8:1:2:3:4:203.0.113.7 10 6553",
            "PROXY TCP6 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 9 10",
            // Nine bytes too long, although each part is right.
            "PROXY TCP6 " + LONG_TAIL + " " + LONG_TAIL + " 65535 65535",
            "PROXY UNKNOWN",
            "PROXY UNKNOWN ",
            "PROXY UNKNOWN " + LONG_IPV6 + " " + LONG_IPV6 + " 65535 65535");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ReadHeader check(String text) {
        return ReadHeader.check(bytes(text));
    }

    private static void accepted(String line, String header) {
        assertEquals(new ReadHeader(header, "", line.length() + 2), check(line + "\r\nGET / HTTP/1.1\r\n"));
    }

    private static void refused(String line, String problem) {
        assertEquals(problem, check(line).problem());
    }

    @Test
    void theHeaderOfTheSpecification() {
        accepted("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443", "1 PROXY 192.168.0.1 56324 192.168.0.11 443 []");
    }

    @Test
    void anIpv6HeaderAndOneThatMapsIpv4() {
        accepted("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 2", "1 PROXY 2001:db8::1 1 192.0.2.1 2 []");
        accepted("PROXY TCP6 ::ffff:c000:201 ::1.2.3.4 1 2", "1 PROXY 192.0.2.1 1 ::102:304 2 []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN", "PROXY UNKNOWN ", "PROXY UNKNOWN TCP4 \0\u00ff 1.2.3.4"})
    void anUnknownSourceIsNotRead(String line) {
        accepted(line, "1 PROXY unknown");
    }

    /** Each byte of each line, replaced by each of the 256 values; of a long line, by a third of them, another one at each place. */
    @ParameterizedTest
    @FieldSource("LINES")
    void eachByteReplaced(String line) {
        byte[] bytes = bytes(line + "\r\n");
        int step = bytes.length > 70 ? 3 : 1;
        for (int i = 0; i < bytes.length; i++) {
            byte right = bytes[i];
            for (int value = i % step; value < 256; value += step) {
                bytes[i] = (byte) value;
                ReadHeader.check(bytes);
            }
            bytes[i] = right;
        }
    }

    /** A byte that means something in front of each byte, each byte left out, and each beginning. */
    @ParameterizedTest
    @FieldSource("LINES")
    void eachByteInsertedOrLeftOutAndEachTruncation(String line) {
        String whole = line + "\r\n";
        for (int i = 0; i <= whole.length(); i++) {
            check(whole.substring(0, i));
            for (char c : "0259afAFg:. \r\n\0-+%[]/".toCharArray()) {
                check(whole.substring(0, i) + c + whole.substring(i));
            }
        }
        for (int i = 0; i < whole.length(); i++) {
            check(whole.substring(0, i) + whole.substring(i + 1));
        }
    }

    @Test
    void eachNumberOfAnIpv4AddressUpToItsBound() {
        List<UnaryOperator<String>> places = List.of(n -> "PROXY TCP4 " + n + ".0.0.0 1.1.1.1 1 1\r\n",
                n -> "PROXY TCP4 1.2." + n + ".3 1.1.1.1 1 1\r\n", n -> "PROXY TCP4 1.1.1." + n + " 1.1.1.1 1 1\r\n",
                n -> "PROXY TCP4 1.1.1.1 1.1.1." + n + " 1 1\r\n", n -> "PROXY TCP6 ::" + n + ".0.0.0 :: 1 1\r\n",
                n -> "PROXY TCP6 ::1.2.3." + n + " :: 1 1\r\n", n -> "PROXY TCP6 :: ::1.2.3." + n + " 1 1\r\n");
        for (UnaryOperator<String> place : places) {
            for (int n = 0; n <= 1100; n++) {
                assertEquals(n <= 255, check(place.apply("" + n)).isComplete());
                assertTrue(check(place.apply("0" + n)).isRefused());
            }
        }
    }

    @Test
    void eachPortUpToItsBound() {
        for (int port = 0; port <= 70_000; port += port < 1100 || (port > 65_500 && port < 65_600) ? 1 : 37) {
            assertEquals(port <= 65_535, check("PROXY TCP4 1.1.1.1 2.2.2.2 " + port + " 0\r\n").isComplete());
            assertEquals(port <= 65_535, check("PROXY TCP4 1.1.1.1 2.2.2.2 0 " + port + "\r\n").isComplete());
            assertFalse(check("PROXY TCP4 1.1.1.1 2.2.2.2 0 0" + port + "\r\n").isComplete());
        }
    }

    /** So many groups before and behind a gap, with and without an IPv4 address at the end; all of them, valid or not. */
    @Test
    void eachShapeOfAnIpv6Address() {
        List<String> shapes = new ArrayList<>();
        for (String tail : List.of("", "192.0.2.1")) {
            for (int before = 0; before <= 9; before++) {
                shapes.add(String.join(":", groups(before, tail)));
                for (int after = 0; after <= 9; after++) {
                    shapes.add(String.join(":", groups(before, "")) + "::" + String.join(":", groups(after, tail)));
                    shapes.add(String.join(":", groups(before, "")) + "::1::" + String.join(":", groups(after, tail)));
                    shapes.add(String.join(":", groups(before, "")) + ":::" + String.join(":", groups(after, tail)));
                }
            }
        }
        int valid = 0;
        for (String shape : shapes) {
            valid += check("PROXY TCP6 " + shape + " :: 1 2\r\n").isComplete() ? 1 : 0;
            check("PROXY TCP6 :: " + shape + " 1 2\r\n");
            check("PROXY TCP6 :: :" + shape + " 1 2\r\n");
            check("PROXY TCP6 :: " + shape + ": 1 2\r\n");
        }
        // 8 groups or 6 and a tail; a gap behind up to 7 groups; with so many behind it; or with a tail.
        assertEquals(2 + 8 + 28 + 21, valid);
    }

    private static List<String> groups(int count, String tail) {
        List<String> groups = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            groups.add(Integer.toHexString(0x1234 * i & 0xffff));
        }
        if (!tail.isEmpty()) {
            groups.add(tail);
        }
        return groups;
    }

    @ParameterizedTest
    @CsvSource({"106,true", "107,true", "108,false", "109,false"})
    void aLineHas107BytesAtMost(int length, boolean complete) {
        String unknown = "PROXY UNKNOWN " + "x".repeat(length - 16) + "\r\n";
        assertEquals(length, unknown.length());
        assertEquals(complete, check(unknown).isComplete());
        String port = "65535".substring(0, length - 105);
        String ipv6 = "PROXY TCP6 " + LONG_TAIL + " " + LONG_IPV6 + " " + port + " 65535\r\n";
        assertEquals(length, ipv6.length());
        assertEquals(complete, check(ipv6).isComplete());
    }

    @Test
    void aLineThatGetsTooLongIsRefusedWhereItCanNoLongerEnd() {
        String line = "PROXY TCP6 " + LONG_TAIL + " " + LONG_TAIL + " 65535 65535\r\n";
        assertEquals(
                "byte 102 of the PROXY header: '5' makes the line longer than the 107 bytes that a header of version 1 "
                        + "may have",
                check(line).problem());
    }

    /** HAProxy 2.6 reads 299.168.0.1 as 43.168.0.1. */
    @Test
    void aNumberAbove255IsRefusedAtItsLastDigit() {
        refused("PROXY TCP4 299.168.0.1 192.168.0.11 56324 443\r\n",
                "byte 14 of the PROXY header: '9' makes a number of the IPv4 address 299, the most is 255 (source)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "GET /|1|'G', as if there were no header, but a header begins with 'PROXY ' (version 1) or \\x0d\\x0a\\x0d\\x0a\\x00\\x0d\\x0aQUIT\\x0a (version 2)",
        "PROXX|5|'X' behind 'PROX', but a header of version 1 begins with 'PROXY TCP4 ', 'PROXY TCP6 ' or 'PROXY UNKNOWN'",
        "PROXY UDP4|8|'D' behind 'PROXY U', but a header of version 1 begins with 'PROXY TCP4 ', 'PROXY TCP6 ' or 'PROXY UNKNOWN'",
        "PROXY UNKNOWNX|14|'X' behind 'PROXY UNKNOWN', but a space or CR LF (\\x0d\\x0a) follows",
        "PROXY TCP4 01.|13|'1' behind a leading zero, which no number of an IPv4 address has (source)",
        "PROXY TCP4 1.1.1.1.|19|a dot behind the fourth number of the address, where it ends (source)",
        "PROXY TCP4 1.1.1.1 1..|22|a number of the address is missing before the dot (destination)",
        "PROXY TCP4 1.1.1.1 ::1|20|':', but an IPv4 address goes on with a digit (destination)",
        "PROXY TCP4 1.1.1 |17|' ', but an IPv4 address goes on with a digit or a dot (source)",
        "PROXY TCP6 [::1]|12|'[', but an IPv6 address goes on with a hexadecimal digit or a colon (source)",
        "PROXY TCP6 fe80::1%eth0|19|'%', but an IPv6 address goes on with a hexadecimal digit or a colon (source)",
        "PROXY TCP6 12345|16|'5' is the fifth digit in a group of the IPv6 address, the most is four (source)",
        "PROXY TCP6 1::2::|17|a second double colon in the IPv6 address, which may have one (source)",
        "PROXY TCP6 :::|14|a third colon in a row in the IPv6 address, the most is two (source)",
        "PROXY TCP6 :1|13|'1' behind a single colon, but an IPv6 address begins with a digit or two colons (source)",
        "PROXY TCP6 1:2:3:4:5:6:7:8:|27|a colon behind the last group of the IPv6 address (source)",
        "PROXY TCP6 1:2:3:4:5:6:7::8|27|'8' begins a ninth group of the IPv6 address, whose gap stands for at least one (source)",
        "PROXY TCP6 1:1.|15|an IPv4 address in the IPv6 address, but not in place of its last two groups (source)",
        "PROXY TCP6 ::a.|15|a dot behind what is no first number of an IPv4 address at the end of the IPv6 address (source)",
        "PROXY TCP4 1.1.1.1 1.1.1.1 65536|32|'6' makes the source port 65536, the most is 65535",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 00|31|'0' behind a leading zero, which the destination port may not have",
        "PROXY TCP4 1.1.1.1 1.1.1.1 -1|28|'-', but the source port goes on with a digit",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 |31|' ', but the destination port goes on with a digit or CR LF (\\x0d\\x0a)"}, ignoreLeadingAndTrailingWhitespace = false)
    void aRefusalSaysWhatWasThereAndWhatIsAllowed(String line, int at, String problem) {
        refused(line, "byte " + at + " of the PROXY header: " + problem);
    }

    @Test
    void aLineEndsWithCrLf() {
        refused("PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n",
                "byte 31 of the PROXY header: '\\x0a', but the destination port goes on "
                        + "with a digit or CR LF (\\x0d\\x0a)");
        refused("PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\r",
                "byte 32 of the PROXY header: '\\x0d' behind '\\x0d', but the line "
                        + "ends with '\\x0a'");
        refused("PROXY UNKNOWN\n", "byte 14 of the PROXY header: '\\x0a' behind 'PROXY UNKNOWN', but a space or CR LF "
                + "(\\x0d\\x0a) follows");
        refused("PROXY UNKNOWN x\n",
                "byte 16 of the PROXY header: '\\x0a' without '\\x0d' before it, but a line ends with "
                        + "both");
        assertTrue(check("PROXY UNKNOWN x\rx").isRefused());
    }
}
