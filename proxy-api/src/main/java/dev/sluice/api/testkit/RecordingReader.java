package dev.sluice.api.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A reader of pcapng: packets in blocks, and what they say about the connections of a proxy. One thread. */
final class RecordingReader {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int INTERFACE = 1;
    private static final int PACKET = 6;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int RAW_IP = 101;
    private static final int COMMENT = 1;
    private static final int RESOLUTION = 9;
    private static final int NANOS = 9;
    /** The words with which the first packet of a leg begins. */
    private static final Pattern LEG = Pattern.compile("connection=([0-9]{1,18}) leg=(client|endpoint)( .*)?",
            Pattern.DOTALL);

    private final ByteBuffer file;
    /** By the index of the interface in its section: the power of ten of its times; negative = its packets are of another kind. */
    private final List<Integer> interfaces = new ArrayList<>();
    private final Map<RecordedPacket.Ends, RecordedLeg> legs = new HashMap<>();
    private final Map<Long, RecordedLeg.Pair> connections = new LinkedHashMap<>();

    RecordingReader(byte[] content) {
        file = ByteBuffer.wrap(content);
    }

    List<RecordedConnection> read() throws IOException {
        if (file.remaining() < 12 || file.getInt(0) != SECTION) {
            throw new IOException("this is no pcapng file: it does not begin with a section header");
        }
        while (file.remaining() >= 12) {
            int start = file.position();
            int type = file.getInt(start);
            if (type == SECTION) {
                beginSection(start);
            }
            type = file.getInt(start);
            int length = file.getInt(start + 4);
            if (length < 12 || length % 4 != 0) {
                throw new IOException("no block of pcapng at byte " + start + ": its length is " + length);
            }
            if (length > file.remaining()) {
                // The writer was ended.
                break;
            }
            ByteBuffer body = file.slice(start + 8, length - 12).order(file.order());
            try {
                block(type, body);
            } catch (RuntimeException e) {
                throw new IOException("no block of pcapng at byte " + start + ", of type " + type, e);
            }
            file.position(start + length);
        }
        return connections.entrySet().stream().map(each -> each.getValue().connection(each.getKey())).toList();
    }

    private void beginSection(int start) throws IOException {
        file.order(ByteOrder.BIG_ENDIAN);
        if (file.getInt(start + 8) != BYTE_ORDER) {
            file.order(ByteOrder.LITTLE_ENDIAN);
            if (file.getInt(start + 8) != BYTE_ORDER) {
                throw new IOException("no section of pcapng at byte " + start);
            }
        }
        interfaces.clear();
    }

    private void block(int type, ByteBuffer body) {
        if (type == INTERFACE) {
            boolean raw = body.getShort(0) == RAW_IP;
            byte[] resolution = option(body.position(8), RESOLUTION);
            int power = resolution == null ? 6 : resolution[0];
            interfaces.add(raw && power >= 0 && power <= NANOS ? power : -1);
        } else if (type == PACKET && interfaces.get(body.getInt(0)) >= 0) {
            int index = body.getInt(0);
            long ticks = Integer.toUnsignedLong(body.getInt(4)) << Integer.SIZE
                    | Integer.toUnsignedLong(body.getInt(8));
            int kept = body.getInt(12);
            RecordedPacket packet = RecordedPacket.read(index, body.slice(20, kept).order(ByteOrder.BIG_ENDIAN));
            if (packet != null) {
                byte[] comment = option(body.position(20 + (kept + 3 & ~3)), COMMENT);
                add(packet, nanos(ticks, interfaces.get(index)),
                        comment == null ? null : new String(comment, StandardCharsets.UTF_8));
            }
        }
    }

    private static long nanos(long ticks, int power) {
        long nanos = ticks;
        for (int i = power; i < NANOS; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    private static byte @Nullable [] option(ByteBuffer options, int wanted) {
        while (options.remaining() >= 4) {
            int code = options.getShort();
            byte[] value = new byte[Short.toUnsignedInt(options.getShort())];
            if (code == 0) {
                return null;
            }
            options.get(value);
            options.position(Math.min(options.limit(), options.position() + 3 & ~3));
            if (code == wanted) {
                return value;
            }
        }
        return null;
    }

    private void add(RecordedPacket packet, long nanos, @Nullable String comment) {
        Matcher words = LEG.matcher(comment == null ? "" : comment);
        if (words.matches()) {
            RecordedLeg.Pair pair = connections.computeIfAbsent(Long.parseLong(words.group(1)),
                    id -> new RecordedLeg.Pair());
            legs.put(packet.ends(), pair.begin(packet, words.group(2).equals("client"), nanos));
        }
        RecordedLeg leg = legs.get(packet.ends());
        if (leg != null) {
            leg.add(packet, nanos, comment);
        }
    }
}
