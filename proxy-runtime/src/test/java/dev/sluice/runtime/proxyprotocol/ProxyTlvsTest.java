package dev.sluice.runtime.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.join;
import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.tlv;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The TLVs of a header as values and texts; fault 51: none can fake a line of a log. */
class ProxyTlvsTest {
    private static ProxyTlvs of(byte[]... tlvs) {
        byte[] header = ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4, join(tlvs)));
        ProxyHeaderReader reader = new ProxyHeaderReader(16384);
        while (reader.missing() > 0) {
            reader.read(header, reader.received(), reader.missing());
        }
        return reader.header().tlvs();
    }

    @Test
    void eachTextHasItsType() {
        ProxyTlvs tlvs = of(tlv(1, "h2"), tlv(2, "example.org"), tlv(5, "id-4711"), tlv(0x30, "blue"),
                tlv(0x20, new byte[]{1, 0, 0, 0, 0}, tlv(0x21, "TLSv1.3"), tlv(0x22, "client"), tlv(0x23, "AES")));
        assertEquals(List.of(1, 2, 5, 0x30, 0x20), tlvs.types());
        assertFalse(tlvs.isEmpty());
        assertEquals("h2", tlvs.alpn());
        assertEquals("example.org", tlvs.authority());
        assertEquals("id-4711", tlvs.uniqueId());
        assertEquals("blue", tlvs.netns());
        assertEquals("TLSv1.3", tlvs.sslVersion());
        assertEquals("client", tlvs.sslCommonName());
        assertEquals("AES", tlvs.sslCipher());
    }

    @Test
    void whatIsNotThereIsNull() {
        for (ProxyTlvs tlvs : List.of(ProxyTlvs.NONE, of(tlv(0xe0, "x")),
                of(tlv(0x20, new byte[5], tlv(0x24, "RSA"))))) {
            assertNull(tlvs.alpn());
            assertNull(tlvs.authority());
            assertNull(tlvs.uniqueId());
            assertNull(tlvs.netns());
            assertNull(tlvs.sslVersion());
            assertNull(tlvs.sslCommonName());
            assertNull(tlvs.sslCipher());
            assertNull(tlvs.sslVerified());
            assertNull(tlvs.value(0xe1));
        }
    }

    /** Types within PP2_TYPE_SSL and outside of it are different ones. */
    @Test
    void aTypeOfOneLevelIsNotFoundOnTheOther() {
        ProxyTlvs tlvs = of(tlv(0x21, "outside"), tlv(0x20, new byte[5], tlv(2, "inside")));
        assertNull(tlvs.sslVersion());
        assertNull(tlvs.authority());
    }

    @Test
    void theFirstOfATypeCountsAndPaddingIsNothing() {
        ProxyTlvs tlvs = of(tlv(4, "xxx"), tlv(0xe0, "first"), tlv(4, ""), tlv(0xe0, "second"));
        assertArrayEquals("first".getBytes(StandardCharsets.US_ASCII), tlvs.value(0xe0));
        assertEquals(List.of(0xe0, 0xe0), tlvs.types());
        assertNull(tlvs.value(4));
        assertSame(ProxyTlvs.NONE, of(tlv(4, "xxx"), tlv(4, "")));
        assertTrue(ProxyTlvs.NONE.isEmpty());
    }

    @Test
    void aValueIsACopy() {
        ProxyTlvs tlvs = of(tlv(0xe0, "value"));
        byte[] value = tlvs.value(0xe0);
        assertTrue(value != null);
        value[0] = 'x';
        assertArrayEquals("value".getBytes(StandardCharsets.US_ASCII), tlvs.value(0xe0));
    }

    /** Bits of the client: TLS, certificate on this connection, certificate in this session. */
    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {"0,0,null", "1,0,null", "1,1,null", "2,0,null", "3,0,true", "3,1,false",
        "5,0,true", "5,80000000,false", "7,0,true", "7,100,false", "ff,0,true", "6,0,null"})
    void aCertificateIsVerifiedIfThereIsOne(String client, String verify, @Nullable Boolean verified) {
        byte[] bits = {(byte) HexFormat.fromHexDigits(client)};
        byte[] result = HexFormat.of().parseHex("0".repeat(8 - verify.length()) + verify);
        assertEquals(verified, of(tlv(0x20, bits, result)).sslVerified());
    }

    @Test
    void aTextIsPrintable() {
        Map<String, String> texts = Map.of("a.example", "a.example", " a b ", " a b ", "a\\b", "a\\\\b", "a\r\nb",
                "a\\x0d\\x0ab", "\u001b[31m", "\\x1b[31m", "\u007f", "\\x7f");
        texts.forEach((sent, shown) -> {
            ProxyTlvs tlvs = of(tlv(1, sent), tlv(2, sent), tlv(5, sent));
            assertEquals(List.of(shown, shown, shown), List.of(tlvs.alpn(), tlvs.authority(), tlvs.uniqueId()));
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // ü, 日, 😀: of two, three and four bytes.
        "c3bc|ü|\\xc3\\xbc", "e697a5|日|\\xe6\\x97\\xa5", "f09f9880|😀|\\xf0\\x9f\\x98\\x80",
        // Not UTF-8: alone, cut off, longer than needed, a surrogate, beyond the last character.
        "61ff62|a\\xffb|a\\xffb", "80|\\x80|\\x80", "e697|\\xe6\\x97|\\xe6\\x97", "e69741|\\xe6\\x97A|\\xe6\\x97A",
        "c0af|\\xc0\\xaf|\\xc0\\xaf", "e080af|\\xe0\\x80\\xaf|\\xe0\\x80\\xaf",
        "eda080|\\xed\\xa0\\x80|\\xed\\xa0\\x80",
        "f4908080|\\xf4\\x90\\x80\\x80|\\xf4\\x90\\x80\\x80", "f8|\\xf8|\\xf8",
        // A line separator, a right-to-left override, a zero-width space, a C1 control.
        "e280a8|\\xe2\\x80\\xa8|\\xe2\\x80\\xa8", "e280ae|\\xe2\\x80\\xae|\\xe2\\x80\\xae",
        "e2808b|\\xe2\\x80\\x8b|\\xe2\\x80\\x8b", "c285|\\xc2\\x85|\\xc2\\x85"})
    void authorityAndCommonNameAreUtf8(String hex, String utf8, String ascii) {
        byte[] value = HexFormat.of().parseHex(hex);
        ProxyTlvs tlvs = of(tlv(1, value), tlv(2, value), tlv(0x20, new byte[5], tlv(0x22, value), tlv(0x21, value)));
        assertEquals(utf8, tlvs.authority());
        assertEquals(utf8, tlvs.sslCommonName());
        assertEquals(ascii, tlvs.alpn());
        assertEquals(ascii, tlvs.sslVersion());
    }

    @Test
    void aTextHasABound() {
        ProxyTlvs tlvs = of(tlv(1, new byte[5000]), tlv(2, new byte[5000]), tlv(5, new byte[128]));
        assertEquals("\\x00".repeat(256), tlvs.alpn());
        assertEquals("\\x00".repeat(256), tlvs.authority());
        assertEquals("\\x00".repeat(128), tlvs.uniqueId());
    }
}
