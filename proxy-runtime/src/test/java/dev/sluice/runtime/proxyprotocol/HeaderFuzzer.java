package dev.sluice.runtime.proxyprotocol;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * The promises that hold for any bytes in the place of a header, as the entry of a fuzzer, which
 * {@code examples/fuzzing} runs: nothing is thrown, the verdict is that of the references and does not depend on the
 * segments, texts fit into a log, memory is bounded.
 */
public final class HeaderFuzzer {
    /** P7: of memory before routing. */
    private static final int MEMORY = 4 * 1024;
    /** What the fuzzer adds to the classes allocates too; a length that does is larger. */
    private static final int MEMORY_WHILE_FUZZING = 32 * 1024;
    private static final int MEMORY_PER_BYTE = 2;
    private static final int MEASUREMENTS = 4;
    private static final int SEGMENTATIONS = 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private HeaderFuzzer() {}

    /**
     * One input.
     *
     * @param input the bytes that a sender sends
     */
    public static void fuzzerTestOneInput(byte[] input) {
        check(input, MEMORY_WHILE_FUZZING);
    }

    /**
     * Checks all of it.
     *
     * @return the result of the bytes in one segment
     * @throws AssertionError with the bytes in hexadecimal digits
     */
    static ReadHeader check(byte[] bytes) {
        return check(bytes, MEMORY);
    }

    private static ReadHeader check(byte[] bytes, int memory) {
        try {
            ReadHeader whole = ReadHeader.check(bytes);
            segments(bytes, whole);
            memory(bytes, memory);
            return whole;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nfor " + HexFormat.of().formatHex(bytes), e);
        }
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    private static void segments(byte[] bytes, ReadHeader whole) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(bytes));
        for (int i = 0; i < SEGMENTATIONS; i++) {
            int longest = i == 0 ? 1 : 1 + random.nextInt(1 + bytes.length);
            List<byte[]> segments = new ArrayList<>();
            for (int from = 0; from < bytes.length;) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(longest));
                segments.add(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
            ReadHeader cut = ReadHeader.of(segments, ReadHeader.MAX_BYTES);
            require(cut.header().equals(whole.header()) && cut.problem().equals(whole.problem()),
                    cut + " in " + segments.size() + " segments, " + whole + " in one");
        }
    }

    private static void memory(byte[] bytes, int memory) {
        long allowed = memory + (long) MEMORY_PER_BYTE * bytes.length;
        long allocated = Long.MAX_VALUE;
        // The first time, classes and call sites may be linked.
        for (int i = 0; i < MEASUREMENTS && allocated > allowed; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            ProxyHeaderReader reader = new ProxyHeaderReader(ReadHeader.MAX_BYTES);
            for (int at = 0; at < bytes.length && reader.missing() > 0;) {
                int count = Math.min(reader.missing(), bytes.length - at);
                reader.read(bytes, at, count);
                at += count;
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (reader.missing() == 0 && !reader.refused()) {
                texts(reader.header().tlvs());
            }
        }
        require(allocated <= allowed, allocated + " bytes are allocated");
    }

    private static void texts(ProxyTlvs tlvs) {
        Stream.of(tlvs.authority(), tlvs.alpn(), tlvs.uniqueId(), tlvs.netns(), tlvs.sslVersion(), tlvs.sslCipher(),
                tlvs.sslCommonName()).forEach(HeaderFuzzer::text);
        require(tlvs.sslVerified() == null || tlvs.types().contains(Tlv.SSL), "verified without TLS");
    }

    private static void text(@Nullable String text) {
        if (text != null) {
            require(text.length() <= Escaped.MOST_CHARACTERS, text.length() + " characters");
            require(text.codePoints().noneMatch(HeaderFuzzer::endsALine), "a text that breaks a line: " + text);
        }
    }

    private static boolean endsALine(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE,
                    Character.FORMAT ->
                true;
            default -> false;
        };
    }
}
