package dev.sluice.runtime.proxyprotocol;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.join;
import static dev.sluice.runtime.proxyprotocol.ReferenceBlock.tlv;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 42, 44 and 45: one verdict for all segmentations, no byte behind the header, no memory for lengths. */
class ProxyHeaderReaderTest {
    private static final byte[] CLIENT = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Headers of both versions, each also with a wrong byte in it, and with the client's bytes behind it. */
    static List<byte[]> headers() {
        List<byte[]> headers = new ArrayList<>(BinaryHeaderTest.HEADERS);
        TextHeaderTest.LINES.forEach(line -> headers.add((line + "\r\n").getBytes(StandardCharsets.US_ASCII)));
        for (byte[] header : List.copyOf(headers)) {
            byte[] wrong = header.clone();
            wrong[wrong.length * 2 / 3] ^= 0x40;
            headers.add(wrong);
        }
        return headers;
    }

    private static List<byte[]> cut(byte[] bytes, int at) {
        return List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
    }

    /** The verdict does not say how much more came in the read in which a byte was refused. */
    private static void assertSame(ReadHeader expected, ReadHeader read, String how) {
        assertEquals(expected.header(), read.header(), how);
        assertEquals(expected.problem(), read.problem(), how);
        if (!expected.isRefused()) {
            assertEquals(expected.received(), read.received(), how);
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void theVerdictDoesNotDependOnSegments(byte[] header) {
        byte[] bytes = join(header, CLIENT);
        ReadHeader whole = ReadHeader.of(bytes);
        for (int at = 1; at < bytes.length; at++) {
            assertSame(whole, ReadHeader.of(cut(bytes, at), ReadHeader.MAX_BYTES), "cut at " + at);
        }
        List<byte[]> single = new ArrayList<>();
        for (byte value : bytes) {
            single.add(new byte[]{value});
        }
        assertSame(whole, ReadHeader.of(single, ReadHeader.MAX_BYTES), "byte by byte");
    }

    /** What is asked for never ends behind the header, is never nothing before it ends, and is as much as can be for a line. */
    @ParameterizedTest
    @MethodSource("headers")
    void noByteBehindTheHeaderIsAskedFor(byte[] header) {
        ReadHeader read = ReadHeader.of(join(header, CLIENT));
        ProxyHeaderReader reader = new ProxyHeaderReader(ReadHeader.MAX_BYTES);
        int end = read.isComplete() ? read.received() : read.isRefused() ? read.refusedAt() : header.length;
        for (int i = 0; i < end; i++) {
            assertTrue(reader.missing() > 0, "after " + i);
            assertTrue(!read.isComplete() || reader.missing() <= end - i, "after " + i);
            int expected = i == 0
                    ? 15
                    : header[0] == 'P'
                            ? ReferenceLine.missing(new String(header, 0, i, StandardCharsets.ISO_8859_1))
                            : i < 16 ? 16 - i : ReferenceBlock.length(header) - i;
            assertEquals(expected, reader.missing(), "after " + i);
            assertFalse(reader.refused());
            assertThrows(IllegalStateException.class, reader::header);
            reader.read(header, i, 1);
        }
        assertTrue(!read.isComplete() || reader.missing() == 0);
        assertEquals(end, reader.received());
    }

    @Test
    void aHeaderOfVersion2IsReadInThreeParts() {
        byte[] header = BinaryHeaderTest.HEADERS.get(1);
        ProxyHeaderReader reader = new ProxyHeaderReader(216);
        assertEquals(15, reader.missing());
        reader.read(header, 0, 15);
        assertEquals(1, reader.missing());
        reader.read(header, 15, 1);
        assertEquals(36, reader.missing());
        reader.read(header, 16, 36);
        assertEquals(0, reader.missing());
        assertEquals(ReadHeader.of(header), ReadHeader.of(reader));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aBufferIsEmptiedAndReadLikeAnArray(byte[] header) {
        try (TestingBuffers buffers = new TestingBuffers(1024)) {
            Buffer buffer = buffers.empty();
            ProxyHeaderReader reader = new ProxyHeaderReader(ReadHeader.MAX_BYTES);
            byte[] bytes = join(header, CLIENT);
            int at = 0;
            while (reader.missing() > 0 && at < bytes.length) {
                int count = Math.min(Math.min(reader.missing(), 7), bytes.length - at);
                buffer.append(bytes, at, count);
                reader.read(buffer);
                assertEquals(0, buffer.content());
                at += count;
            }
            assertSame(ReadHeader.of(bytes), ReadHeader.of(reader), "from a buffer");
        }
    }

    @Test
    void moreThanIsMissingIsADefectOfTheCaller() {
        ProxyHeaderReader reader = new ProxyHeaderReader(216);
        assertThrows(IllegalArgumentException.class, () -> reader.read(new byte[16], 0, 16));
        reader.read(new byte[15], 0, 15);
        assertTrue(reader.refused());
        assertEquals(15, reader.received());
        assertThrows(IllegalArgumentException.class, () -> reader.read(new byte[1], 0, 1));
        assertThrows(IllegalStateException.class, reader::header);
        assertThrows(IllegalStateException.class, () -> new ProxyHeaderReader(216).problem());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 215, 16385, 65535})
    void theBoundHasBounds(int maxBytes) {
        assertThrows(IllegalArgumentException.class, () -> new ProxyHeaderReader(maxBytes));
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** The reader's one array. */
    private static int keptBytes(ProxyHeaderReader reader) throws Exception {
        Field form = ProxyHeaderReader.class.getDeclaredField("form");
        form.setAccessible(true);
        Field bytes = BinaryForm.class.getDeclaredField("bytes");
        bytes.setAccessible(true);
        return ((byte[]) bytes.get(form.get(reader))).length;
    }

    /** A header of 16 KiB that never comes, in lengths of the header, of a TLV, and of one within PP2_TYPE_SSL. */
    @ParameterizedTest
    @ValueSource(ints = {16, 17, 28, 31, 39, 100, 1000, 5000, 16000})
    void noLengthAllocates(int received) throws Exception {
        byte[] header = ReferenceBlock.of(0x21, 0x11, join(BinaryHeaderTest.IPV4,
                tlv(0x20, new byte[5], tlv(0x21, new byte[16_000]))));
        ProxyHeaderReader reader = null;
        long least = Long.MAX_VALUE;
        // The first time, classes are loaded.
        for (int i = 0; i < 10; i++) {
            long before = allocated();
            reader = new ProxyHeaderReader(16384);
            for (int at = 0; at < received; at++) {
                reader.read(header, at, 1);
            }
            least = Math.min(least, allocated() - before);
        }
        assertTrue(reader != null && keptBytes(reader) <= Math.max(28, 2 * received), "kept");
        // Each array that was outgrown is at most half as large as the next.
        assertTrue(least <= 4 * received + 1024, least + " bytes allocated for " + received);
    }

    /** Lines that are nothing: no exception, and a verdict that the references share. */
    @Test
    void garbage() {
        Random random = new Random(4711);
        List<byte[]> all = headers();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = all.get(random.nextInt(all.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ReadHeader.check(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            ReadHeader.check(bytes);
        }
    }
}
