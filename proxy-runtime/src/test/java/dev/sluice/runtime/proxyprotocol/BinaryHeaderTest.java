package dev.sluice.runtime.proxyprotocol;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.join;
import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.tlv;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 45 and 46: the grammar of version 2, against one that tries each missing byte ({@link ReferenceBlock}). */
class BinaryHeaderTest {
    /** 192.0.2.1:4711 to 198.51.100.2:443. */
    static final byte[] IPV4 = HexFormat.of().parseHex("c0000201c6336402126701bb");
    /** [2001:db8::1]:4711 to [2001:db8::2]:443. */
    static final byte[] IPV6 = HexFormat.of().parseHex(
            "20010db800000000000000000000000120010db8000000000000000000000002126701bb");
    static final byte[] SSL = tlv(0x20, new byte[]{7, 0, 0, 0, 0}, tlv(0x21, "TLSv1.3"),
            tlv(0x23, "TLS_AES_256_GCM_SHA384"), tlv(0x22, "client"), tlv(0x25, ""));

    static final List<byte[]> HEADERS = List.of(
            ipv4(), ipv6(),
            ReferenceBlock.of(0x20, 0, new byte[0]),
            ReferenceBlock.of(0x20, 0x31, new byte[7]),
            ReferenceBlock.of(0x21, 0, new byte[5]),
            ipv4(tlv(1, "h2"), tlv(2, "example.org"), tlv(5, "id"), tlv(4, "..."), tlv(0xe0, ""), tlv(0x30, "blue")),
            ipv6(SSL, tlv(0xff, "future")),
            ipv4(SSL),
            ipv4(tlv(0x20, new byte[5])),
            ipv4(tlv(0x20, new byte[5], tlv(3, ""), tlv(3, "")), tlv(1, "a"), tlv(1, "b")),
            // The rest has room for a checksum, and nothing else.
            ipv4(tlv(3, new byte[4])),
            checked(ipv4(tlv(2, "example.org"), tlv(3, new byte[4]), tlv(4, "padding"))),
            checked(ipv6(tlv(3, new byte[4]))));

    private static byte[] ipv4(byte[]... tlvs) {
        return ReferenceBlock.of(0x21, 0x11, join(IPV4, join(tlvs)));
    }

    private static byte[] ipv6(byte[]... tlvs) {
        return ReferenceBlock.of(0x21, 0x21, join(IPV6, join(tlvs)));
    }

    /** The same header, with the right checksum instead of zeros. */
    private static byte[] checked(byte[] header) {
        for (int at = 16; at < header.length; at++) {
            if (Arrays.equals(header, at, Math.min(header.length, at + 7), tlv(3, new byte[4]), 0, 7)) {
                int checksum = ReferenceBlock.checksum(header, at + 3);
                for (int i = 0; i < 4; i++) {
                    header[at + 3 + i] = (byte) (checksum >>> (24 - 8 * i));
                }
                return header;
            }
        }
        throw new IllegalArgumentException("no checksum");
    }

    private static void accepted(byte[] header, String shown) {
        byte[] client = {22, 3, 1};
        assertEquals(new ReadHeader(shown, "", header.length), ReadHeader.check(join(header, client)));
    }

    private static void refused(byte[] header, String problem) {
        assertEquals(problem, ReadHeader.check(header).problem());
    }

    @Test
    void addressesAndTlvs() {
        accepted(ipv4(), "2 PROXY 192.0.2.1 4711 198.51.100.2 443 []");
        accepted(ipv6(), "2 PROXY 2001:db8::1 4711 2001:db8::2 443 []");
        accepted(ipv4(tlv(2, "a"), tlv(4, "padding"), tlv(0xea, "")),
                "2 PROXY 192.0.2.1 4711 198.51.100.2 443 [2=61 234=]");
    }

    @Test
    void whatIsMappedIsIpv4() {
        byte[] block = HexFormat.of()
                .parseHex("00000000000000000000ffffc000020100000000000000000000ffffc633640200010002");
        accepted(ReferenceBlock.of(0x21, 0x21, block), "2 PROXY 192.0.2.1 1 198.51.100.2 2 []");
    }

    @Test
    void theBlockOfLocalAndUnspecifiedIsSkipped() {
        accepted(ReferenceBlock.of(0x20, 0, new byte[0]), "2 LOCAL unknown");
        accepted(ReferenceBlock.of(0x20, 0x12, IPV4), "2 LOCAL unknown");
        accepted(ReferenceBlock.of(0x20, 0xff, new byte[]{3, 0}), "2 LOCAL unknown");
        accepted(ReferenceBlock.of(0x21, 0, new byte[0]), "2 PROXY unknown");
        accepted(ReferenceBlock.of(0x21, 0, join(IPV6, new byte[]{1})), "2 PROXY unknown");
    }

    /** All values of both bytes, with lengths about those of the families. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11, 12, 13, 14, 15, 35, 36, 37, 38, 39, 216})
    void eachVersionCommandAndFamily(int length) {
        byte[] header = ReferenceBlock.of(0, 0, new byte[length]);
        // The TLVs, if there are any.
        Arrays.fill(header, 16, header.length, (byte) 0);
        int complete = 0;
        for (int command = 0; command < 256; command++) {
            for (int family = 0; family < 256; family++) {
                header[12] = (byte) command;
                header[13] = (byte) family;
                complete += ReadHeader.check(header).isComplete() ? 1 : 0;
            }
        }
        int ipv4 = length == 12 || (length > 14 && length % 3 == 0) ? 1 : 0;
        int ipv6 = length == 36 || (length > 38 && length % 3 == 0) ? 1 : 0;
        assertEquals(256 + 1 + ipv4 + ipv6, complete);
    }

    /** All lengths for each family, and the position at which they are refused. */
    @Test
    void eachLength() {
        for (byte[] start : List.of(ReferenceBlock.of(0x20, 0, new byte[0]), ReferenceBlock.of(0x21, 0, new byte[0]),
                ReferenceBlock.of(0x21, 0x11, new byte[0]), ReferenceBlock.of(0x21, 0x21, new byte[0]))) {
            for (int length = 0; length <= 0xffff; length++) {
                start[14] = (byte) (length >> 8);
                start[15] = (byte) length;
                ReadHeader.check(start);
            }
        }
    }

    /** Each byte of each header, replaced by each of the 256 values; those that are complete have other addresses, values or types. */
    @ParameterizedTest
    @FieldSource("HEADERS")
    void eachByteReplaced(byte[] header) {
        byte[] bytes = header.clone();
        for (int i = 0; i < bytes.length; i++) {
            for (int value = 0; value < 256; value++) {
                bytes[i] = (byte) value;
                ReadHeader.check(bytes);
            }
            bytes[i] = header[i];
        }
    }

    @ParameterizedTest
    @FieldSource("HEADERS")
    void eachTruncationAndEachShorterLength(byte[] header) {
        for (int length = 0; length < header.length; length++) {
            byte[] start = Arrays.copyOf(header, length);
            ReadHeader.check(start);
            if (length >= 16) {
                start[15] = (byte) (length - 16);
                ReadHeader.check(start);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {216, 217, 255, 256, 2048, 16384})
    void aLengthAboveTheBoundIsRefusedAtTheByteThatExceedsIt(int most) {
        byte[] header = ReferenceBlock.of(0x20, 0, new byte[most]);
        assertTrue(ReadHeader.of(header, most).isComplete());
        byte[] longer = ReferenceBlock.of(0x20, 0, new byte[most + 1]);
        ReadHeader read = ReadHeader.of(longer, most);
        int at = (most + 1) % 256 == 0 ? 14 : 15;
        assertEquals("byte " + (at + 1) + " of the PROXY header: length " + (at == 14 ? "at least " : "") + (most + 1)
                + " of addresses and TLVs, the most that is accepted is " + most, read.problem());
    }

    @Test
    void aChecksumIsChecked() {
        byte[] right = checked(ipv4(tlv(2, "example.org"), tlv(3, new byte[4])));
        assertTrue(ReadHeader.check(right).isComplete());
        byte[] wrong = right.clone();
        wrong[16]++;
        String sent = HexFormat.of().formatHex(right, right.length - 4, right.length);
        String expected = HexFormat.of().toHexDigits(ReferenceBlock.checksum(wrong, wrong.length - 4));
        refused(wrong, "byte 49 of the PROXY header: the end, and the CRC32c of the header is 0x" + expected
                + ", but its byte 46 and the three behind it say 0x" + sent);
    }

    /** A header that HAProxy 2.6 has sent: send-proxy-v2 with the options unique-id and crc32c. */
    @Test
    void theChecksumOfHaproxyIsRight() {
        byte[] header = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a211100277f0000017f000001aeaa6dc5"
                + "03000477142421" + "05001169642d3132372e302e302e312d34373131");
        accepted(header, "2 PROXY 127.0.0.1 44714 127.0.0.1 28101 [3=77142421 5=69642d3132372e302e302e312d34373131]");
    }

    @Test
    void aRefusalSaysWhatWasThereAndWhatIsAllowed() {
        String start = "byte 14 of the PROXY header: ";
        String allowed = ", allowed are 0x11 (TCP over IPv4), 0x21 (TCP over IPv6) and 0x00 (unspecified)";
        refused(ReferenceBlock.of(0x21, 0x12, IPV4), start + "0x12 is UDP over IPv4" + allowed);
        refused(ReferenceBlock.of(0x21, 0x22, IPV6), start + "0x22 is UDP over IPv6" + allowed);
        refused(ReferenceBlock.of(0x21, 0x31, IPV4), start + "0x31 is UNIX, stream" + allowed);
        refused(ReferenceBlock.of(0x21, 0x32, IPV4), start + "0x32 is UNIX, datagram" + allowed);
        refused(ReferenceBlock.of(0x21, 0x10, IPV4), start + "0x10 is IPv4, unspecified transport" + allowed);
        refused(ReferenceBlock.of(0x21, 0x4f, IPV4),
                start + "0x4f is reserved family 4, reserved transport 15" + allowed);
        refused(ReferenceBlock.of(0x31, 0x11, IPV4),
                "byte 13 of the PROXY header: 0x31 is version 3, allowed is version 2 (0x20 or 0x21)");
        refused(ReferenceBlock.of(0x22, 0x11, IPV4),
                "byte 13 of the PROXY header: 0x22 is command 2, allowed are 0x20 (LOCAL) and 0x21 (PROXY)");
        refused(ReferenceBlock.of(0x21, 0x21, IPV4),
                "byte 16 of the PROXY header: length 12 of addresses and TLVs, but the addresses have 36 bytes");
        refused(ipv4(new byte[]{1, 0}),
                "byte 16 of the PROXY header: length 14 of addresses and TLVs, but behind the 12 bytes "
                        + "of the addresses follow none or at least 3");
        refused(new byte[]{13, 10, 13, 13}, "byte 4 of the PROXY header: '\\x0d', but a header begins with "
                + "\\x0d\\x0a\\x0d\\x0a\\x00\\x0d\\x0aQUIT\\x0a (version 2)");
    }

    @Test
    void aRefusalOfATlvNamesIt() {
        String any = "a TLV may fill the rest of its header, or leave at least 3 bytes for the next";
        refused(ipv4(new byte[]{2, 0, 1}),
                "byte 31 of the PROXY header: length 1 of TLV 0x02 with 0 bytes left for its value; "
                        + any);
        refused(ipv4(new byte[]{2, 1, 0, 0}),
                "byte 30 of the PROXY header: length at least 256 of TLV 0x02 with 1 bytes left for its value; " + any);
        refused(ipv4(new byte[]{2, 0, 1, 0, 0}),
                "byte 31 of the PROXY header: length 1 of TLV 0x02 with 2 bytes left for its value; " + any);
        refused(ipv4(tlv(5, new byte[129])),
                "byte 31 of the PROXY header: length 129 of TLV 0x05 with 129 bytes left for its "
                        + "value; a unique id has at most 128, and " + any);
        refused(ipv4(tlv(3, new byte[3]), tlv(4, "x")),
                "byte 31 of the PROXY header: length 3 of TLV 0x03 with 7 bytes left for "
                        + "its value; a checksum has 4, and " + any);
        refused(ipv4(tlv(3, new byte[4]), tlv(3, new byte[4])),
                "byte 36 of the PROXY header: TLV 0x03 for the second time, but a header has one checksum");
        refused(ipv4(tlv(0x20, new byte[4]), tlv(4, "x")),
                "byte 31 of the PROXY header: length 4 of TLV 0x20 with 8 bytes left "
                        + "for its value; SSL has 5, or more with TLVs of at least 3 each, and " + any);
        refused(ipv4(tlv(0x20, new byte[5], new byte[]{0x21, 0,
            9})), "byte 39 of the PROXY header: length 9 of TLV 0x21 with 0 "
                    + "bytes left for its value; a TLV may fill the rest of its TLV, or leave at least 3 bytes for the next, in "
                    + "TLV 0x20");
        refused(ipv4(new byte[]{3, 0, 4}),
                "byte 29 of the PROXY header: TLV 0x03 where 0 bytes are left for its value; "
                        + "a checksum has 4, and " + any);
    }
}
