package dev.sluice.runtime.proxyprotocol;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter.Version;
import dev.sluice.runtime.testing.TestingBuffers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.join;
import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.tlv;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Headers that are sent, byte for byte, and read again. */
class ProxyHeaderWriterTest {
    private static final IpAddress IPV4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress OTHER_IPV4 = IpAddress.parse("198.51.100.2");
    private static final IpAddress IPV6 = IpAddress.parse("2001:db8::1");

    private final TestingBuffers buffers = new TestingBuffers(4096);
    private final Buffer buffer = buffers.empty();

    @AfterEach
    void close() {
        buffers.close();
    }

    private byte[] written(Version version, IpAddress source, int sourcePort, IpAddress destination,
            int destinationPort, SentTlvs tlvs) {
        buffer.clear();
        ProxyHeaderWriter.write(buffer, version, source, sourcePort, destination, destinationPort, tlvs);
        return TestingBuffers.content(buffer);
    }

    private String line(String source, int sourcePort, String destination, int destinationPort) {
        return new String(written(Version.V1, IpAddress.parse(source), sourcePort, IpAddress.parse(destination),
                destinationPort, SentTlvs.NONE), StandardCharsets.US_ASCII);
    }

    private static SentTlvs tlvs(@Nullable String authority, @Nullable String alpn, @Nullable String uniqueId,
            byte @Nullable [] ssl, boolean crc32c) {
        return new SentTlvs(SentTlvs.bytes(authority), SentTlvs.bytes(alpn), SentTlvs.bytes(uniqueId), ssl, crc32c);
    }

    private byte[] withTlvs(SentTlvs tlvs) {
        return written(Version.V2, IPV4, 4711, OTHER_IPV4, 443, tlvs);
    }

    @Test
    void theLineOfTheSpecification() {
        assertEquals("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
                line("192.168.0.1", 56324, "192.168.0.11", 443));
    }

    @Test
    void theLongestLines() {
        String ipv4 = line("255.255.255.255", 65535, "255.255.255.255", 65535);
        assertEquals("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", ipv4);
        assertEquals(56, ipv4.length());
        String ipv6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assertEquals("PROXY TCP6 " + ipv6 + " " + ipv6 + " 65535 65535\r\n", line(ipv6, 65535, ipv6, 65535));
        assertEquals(104, line(ipv6, 65535, ipv6, 65535).length());
    }

    @Test
    void mixedFamiliesAreIpv6() {
        assertEquals("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 1 0\r\n", line("192.0.2.1", 1, "2001:db8::1", 0));
        assertEquals("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 10 99\r\n", line("2001:db8::1", 10, "192.0.2.1", 99));
        byte[] header = written(Version.V2, IPV4, 1, IPV6, 2, SentTlvs.NONE);
        assertArrayEquals(ReferenceBlock.of(0x21, 0x21, HexFormat.of().parseHex("00000000000000000000ffffc0000201"
                + "20010db8000000000000000000000001" + "00010002")), header);
    }

    /** The text of RFC 5952, as the JDK's address of the same bits would be written by it. */
    @ParameterizedTest
    @CsvSource({"::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:0:2::3", "1::2:0:0:3:4", "0:1::2", "1:2:3:4:5:6:7:0",
        "0:2:3:4:5:6:7:8", "1:2:3:0:5:6:7:8", "fe80::abcd:ef01:2345:6789", "::2:3:4:5:6:7:8", "1:2:3:4:5:6::",
        "10::100:1000:f"})
    void addressesAreCanonical(String text) {
        IpAddress address = IpAddress.of(InetAddress.ofLiteral(text));
        assertEquals("PROXY TCP6 " + address + " " + address + " 1 2\r\n", line(text, 1, text, 2));
    }

    @Test
    void binaryHeaders() {
        assertArrayEquals(ReferenceBlock.of(0x21, 0x11, BinaryHeaderTest.IPV4), withTlvs(SentTlvs.NONE));
        assertArrayEquals(ReferenceBlock.of(0x21, 0x21, BinaryHeaderTest.IPV6), written(Version.V2, IPV6, 4711,
                IpAddress.parse("2001:db8::2"), 443, SentTlvs.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionWithoutClientHasNoAddresses(Version version) {
        byte[] header = ProxyHeaderWriter.local(version);
        assertEquals(version == Version.V1
                ? "50524f585920554e4b4e4f574e0d0a"
                : "0d0a0d0a000d0a515549540a20000000", HexFormat.of().formatHex(header));
        ProxyHeaderWriter.writeLocal(buffer, version);
        assertArrayEquals(header, TestingBuffers.content(buffer));
        header[0] = 0;
        assertArrayEquals(ProxyHeaderWriter.local(version), TestingBuffers.content(buffer));
    }

    @Test
    void tlvsAreWrittenInOrder() {
        byte[] ssl = Arrays.copyOfRange(BinaryHeaderTest.SSL, 3, BinaryHeaderTest.SSL.length);
        assertArrayEquals(
                ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4, tlv(2, "bücher.example"), tlv(1, "h2"),
                        tlv(5, "id"), tlv(0x20, ssl))),
                withTlvs(tlvs("bücher.example", "h2", "id", ssl, false)));
        assertArrayEquals(ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4, tlv(2, ""))),
                withTlvs(tlvs("", null, null, null, false)));
    }

    @Test
    void theChecksumIsOfTheWholeHeader() {
        byte[] client = {1, 2, 3};
        buffer.append(client, 0, client.length);
        ProxyHeaderWriter.write(buffer, Version.V2, IPV4, 1, IPV6, 2,
                tlvs("a.example", null, null, null, true));
        byte[] header = Arrays.copyOfRange(TestingBuffers.content(buffer), 3, buffer.content());
        assertEquals(ReferenceBlock.checksum(header, header.length - 4),
                (int) Long.parseLong(HexFormat.of().formatHex(header, header.length - 4, header.length), 16));
        assertTrue(ReadHeader.check(header).isComplete());
    }

    /** In a buffer that holds the longest header for which there is always room. */
    private static byte[] writtenInto(int capacity, IpAddress destination, SentTlvs tlvs) {
        TestingBuffers small = new TestingBuffers(capacity);
        try {
            Buffer target = small.empty();
            ProxyHeaderWriter.write(target, Version.V2, IPV4, 4711, destination, 443, tlvs);
            return TestingBuffers.content(target);
        } finally {
            small.close();
        }
    }

    @Test
    void whatIsTooLongIsLeftOut() {
        int least = ProxyHeaderWriter.MAX_BYTES;
        byte[] none = withTlvs(SentTlvs.NONE);
        assertArrayEquals(none, writtenInto(least, OTHER_IPV4,
                tlvs("a".repeat(256), "a".repeat(256), "a".repeat(129), new byte[1025], false)));
        // 128 characters of two bytes each.
        assertArrayEquals(none, writtenInto(least, OTHER_IPV4, tlvs("ü".repeat(128), null, null, null, false)));
        byte[] longest = writtenInto(least, IPV6, tlvs("ü".repeat(127) + "a", "a".repeat(255),
                "a".repeat(128), new byte[1024], true));
        assertEquals(ProxyHeaderWriter.MAX_BYTES, longest.length);
        assertTrue(ProxyHeaderWriter.MAX_BYTES < 2048);
        assertThrows(IllegalArgumentException.class, () -> tlvs(null, null, null, new byte[4], false));
    }

    /** A load balancer may have sent names of any length; the other facts have their room all the same. */
    @Test
    void longNamesArePassedOnWhereThereIsRoom() {
        int spare = 100;
        int capacity = ProxyHeaderWriter.MAX_BYTES + spare;
        SentTlvs rest = tlvs("a".repeat(255 + spare), "a".repeat(255), "a".repeat(128), new byte[1024], true);
        byte[] full = writtenInto(capacity, IPV6, rest);
        assertEquals(capacity, full.length);
        SentTlvs shared = tlvs("a".repeat(300), "b".repeat(255 + spare - 45), null, null, false);
        assertArrayEquals(
                ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4, tlv(2, "a".repeat(300)),
                        tlv(1, "b".repeat(310)))),
                writtenInto(capacity, OTHER_IPV4, shared));
        assertArrayEquals(
                ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4, tlv(2, "a".repeat(300)))),
                writtenInto(capacity, OTHER_IPV4, tlvs("a".repeat(300), "b".repeat(311), null, null, false)));
    }

    private static IpAddress randomAddress(Random random) {
        long high = random.nextLong();
        long low = random.nextLong();
        // Groups that are zero, so that there are gaps.
        for (int shift = 0; shift < 64; shift += 16) {
            high &= random.nextBoolean() ? -1 : ~(0xffffL << shift);
            low &= random.nextBoolean() ? -1 : ~(0xffffL << shift);
        }
        return random.nextBoolean() ? IpAddress.ofIpv4(random.nextInt()) : new IpAddress(high, low);
    }

    private static @Nullable String randomText(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            text.append((char) (' ' + random.nextInt('\\' - ' ')));
        }
        return random.nextBoolean() ? text.toString() : null;
    }

    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            Version version = Version.values()[i % 2];
            IpAddress source = randomAddress(random);
            IpAddress destination = randomAddress(random);
            byte[] ssl = new byte[5];
            random.nextBytes(ssl);
            ssl = join(ssl, tlv(0x21, "TLSv1.2"));
            SentTlvs tlvs = tlvs(randomText(random, 255), randomText(random, 20), randomText(random, 128),
                    random.nextBoolean() ? ssl : null, random.nextBoolean());
            byte[] bytes = written(version, source, i, destination, 65535 - i, tlvs);
            ProxyHeaderReader reader = new ProxyHeaderReader(2048);
            while (reader.missing() > 0) {
                reader.read(bytes, reader.received(), reader.missing());
            }
            assertEquals(bytes.length, reader.received());
            ProxyHeader header = reader.header();
            assertEquals(List.of(source, i, destination, 65535 - i), List.of(header.source(), header.sourcePort(),
                    header.destination(), header.destinationPort()));
            boolean binary = version == Version.V2;
            assertEquals(binary ? 2 : 1, header.version());
            assertArrayEquals(binary ? tlvs.authority() : null, header.tlvs().value(0x02));
            assertArrayEquals(binary ? tlvs.alpn() : null, header.tlvs().value(0x01));
            assertArrayEquals(binary ? tlvs.uniqueId() : null, header.tlvs().value(0x05));
            assertArrayEquals(binary ? tlvs.ssl() : null, header.tlvs().value(0x20));
        }
    }

    /** A header is written for each connection, on an event loop. */
    @ParameterizedTest
    @EnumSource
    void writingAllocatesNothing(Version version) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SentTlvs tlvs = tlvs("example.org", "h2", "id", new byte[5], false);
        int headers = 10_000;
        long allocated = Long.MAX_VALUE;
        // The first rounds are for the compiler. One object for each header would be 160,000 bytes.
        for (int round = 0; round < 10 && allocated > headers; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < headers; i++) {
                buffer.clear();
                ProxyHeaderWriter.write(buffer, version, IPV6, i, i % 2 == 0 ? IPV4 : IPV6, 443, tlvs);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated <= headers, allocated + " bytes for " + headers + " headers");
    }
}
