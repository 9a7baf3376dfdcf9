package dev.sluice.runtime.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The result of a reader that was given bytes as they come from a socket: never more than it asks for.
 *
 * @param header as {@link #describe} has it; empty if it is not complete
 * @param problem empty if it was not refused
 * @param received bytes that the reader took
 */
record ReadHeader(String header, String problem, int received) {
    static final int MAX_BYTES = 2048;
    private static final Pattern POSITION = Pattern.compile("byte ([0-9]+) of the PROXY header: [ -~]+");

    static ReadHeader of(byte[] bytes) {
        return of(bytes, MAX_BYTES);
    }

    static ReadHeader of(byte[] bytes, int maxBytes) {
        return of(List.of(bytes), maxBytes);
    }

    /** Reads what came in several segments. */
    static ReadHeader of(List<byte[]> segments, int maxBytes) {
        ProxyHeaderReader reader = new ProxyHeaderReader(maxBytes);
        ArrayDeque<byte[]> arriving = new ArrayDeque<>(segments);
        while (reader.missing() > 0 && !arriving.isEmpty()) {
            byte[] segment = arriving.pop();
            int read = 0;
            while (read < segment.length && reader.missing() > 0) {
                int count = Math.min(reader.missing(), segment.length - read);
                reader.read(segment, read, count);
                read += count;
            }
        }
        return of(reader);
    }

    static ReadHeader of(ProxyHeaderReader reader) {
        boolean complete = reader.missing() == 0 && !reader.refused();
        return new ReadHeader(complete ? describe(reader.header()) : "", reader.refused() ? reader.problem() : "",
                reader.received());
    }

    boolean isComplete() {
        return !header.isEmpty();
    }

    boolean isRefused() {
        return !problem.isEmpty();
    }

    /** The index of the byte that was refused. */
    int refusedAt() {
        Matcher matcher = POSITION.matcher(problem);
        assertTrue(matcher.matches(), problem);
        return Integer.parseInt(matcher.group(1)) - 1;
    }

    /** Compares the verdict with that of the references. */
    static ReadHeader check(byte[] bytes) {
        ReadHeader read = of(bytes);
        Supplier<String> shown = () -> HexFormat.of().formatHex(bytes) + " "
                + new String(bytes, StandardCharsets.US_ASCII) + " " + read;
        if (read.isComplete()) {
            byte[] header = Arrays.copyOf(bytes, read.received);
            assertTrue(isWhole(header), shown);
            assertEquals(isLine(bytes) ? ReferenceLine.header(bytes) : ReferenceBlock.header(header), read.header,
                    shown);
            assertTrue(isLine(bytes) || canBegin(header), shown);
        } else if (read.isRefused()) {
            byte[] refused = Arrays.copyOf(bytes, read.refusedAt() + 1);
            assertTrue(canBegin(Arrays.copyOf(refused, refused.length - 1)), () -> "refused too late: " + shown.get());
            if (canBegin(refused)) {
                assertTrue(isWhole(refused) && ReferenceBlock.header(refused) == null,
                        () -> "refused in vain: " + shown.get());
                assertTrue(read.problem.contains("CRC32c"), shown);
            }
        } else {
            assertTrue(canBegin(bytes) && !isWhole(bytes), () -> "not refused: " + shown.get());
        }
        return read;
    }

    private static boolean isLine(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == 'P';
    }

    private static boolean isWhole(byte[] bytes) {
        return isLine(bytes) ? ReferenceLine.missing(text(bytes)) == 0 : ReferenceBlock.isWhole(bytes);
    }

    private static boolean canBegin(byte[] bytes) {
        return bytes.length == 0
                || (isLine(bytes)
                        ? ReferenceLine.missing(text(bytes)) >= 0
                        : ReferenceBlock.canBegin(bytes, MAX_BYTES));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Version, command, addresses and ports, TLVs in hexadecimal. */
    static String describe(ProxyHeader header) {
        String start = header.version() + " " + header.command() + " ";
        if (!header.isSourceKnown()) {
            assertTrue(header.tlvs().isEmpty());
            return start + "unknown";
        }
        StringBuilder tlvs = new StringBuilder();
        Map<Integer, Integer> seen = new HashMap<>();
        for (int type : header.tlvs().types()) {
            // Of several of a type, only the first can be asked for.
            byte[] value = seen.merge(type, 1, Integer::sum) == 1 ? header.tlvs().value(type) : new byte[0];
            assertTrue(value != null, "type " + type);
            tlvs.append(type).append('=').append(HexFormat.of().formatHex(value)).append(' ');
        }
        return start + header.source() + " " + header.sourcePort() + " " + header.destination() + " "
                + header.destinationPort() + " [" + tlvs.toString().strip() + "]";
    }
}
