package dev.sluice.runtime.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A pcapng file (draft-ietf-opsawg-pcapng) as it is written, block by block: one section, an interface for the clients' legs and one for the
 * endpoints', raw IP packets, times in nanoseconds. One thread.
 */
final class CaptureFile {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int PACKET = 6;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int RAW_IP = 101;

    private static final int COMMENT = 1;
    private static final int SECTION_PROGRAM = 4;
    private static final int INTERFACE_NAME = 2;
    private static final int INTERFACE_RESOLUTION = 9;
    private static final int PACKET_FLAGS = 2;
    private static final int STATISTICS_DROPPED = 5;

    /** Type, length, and the length again. */
    private static final int FRAME = 12;
    private static final int PACKET_FIXED = FRAME + 20;
    /** Flags, with their header, and the end of options. */
    private static final int PACKET_OPTIONS = 8 + 4;
    private static final int OPTION_HEADER = 4;
    private static final byte[] NAME_OF_CLIENTS = "client".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME_OF_ENDPOINTS = "endpoint".getBytes(StandardCharsets.US_ASCII);

    private final long epochMinusNanos;
    private long lastTime;
    private ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * A file that begins.
     *
     * @param epochMinusNanos what makes a time by {@link System#nanoTime} one since 1970
     * @param program its name and version
     * @param comment words about the capture
     */
    CaptureFile(long epochMinusNanos, String program, String comment) {
        this.epochMinusNanos = epochMinusNanos;
        int start = begin(SECTION, 16 + 2 * 512 + program.length() + 4 * comment.length());
        out.putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(COMMENT, utf8(comment));
        option(SECTION_PROGRAM, utf8(program));
        endOptions();
        finish(start);
        describe(NAME_OF_CLIENTS);
        describe(NAME_OF_ENDPOINTS);
    }

    private void describe(byte[] name) {
        int start = begin(INTERFACE, 64);
        out.putShort((short) RAW_IP).putShort((short) 0).putInt(0);
        option(INTERFACE_NAME, name);
        option(INTERFACE_RESOLUTION, new byte[]{9});
        endOptions();
        finish(start);
    }

    /** Bytes that have been written and not taken. */
    int size() {
        return out.position();
    }

    /** Takes what has been written since the last call. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(out.array(), out.position());
        out.clear();
        return taken;
    }

    /** The bytes that an event takes in the file, at most. */
    static long sizeOf(CaptureEvent event) {
        int packets = event.kind() == CaptureEvent.Kind.OPEN ? 3 : Math.max(1, packets(event.length()));
        int comment = event.note() == null ? 0 : OPTION_HEADER + padded(utf8(event.note()).length);
        int headers = Segment.headers(event.leg(), Segment.SYN);
        int data = event.bytes() == null ? 0 : padded(event.length());
        return (long) packets * (PACKET_FIXED + PACKET_OPTIONS + headers) + comment + data;
    }

    private static int packets(int length) {
        return (length + Segment.MOST_DATA - 1) / Segment.MOST_DATA;
    }

    /** Writes the packets of an event. */
    void add(CaptureEvent event) {
        long sequence = 1 + event.offset();
        long acknowledged = 1 + event.other();
        boolean fromPeer = event.fromPeer();
        switch (event.kind()) {
            case OPEN -> {
                packet(event, fromPeer, Segment.SYN, 0, 0, 0, 0, event.note());
                packet(event, !fromPeer, Segment.SYN | Segment.ACK, 0, 1, 0, 0, null);
                packet(event, fromPeer, Segment.ACK, 1, 1, 0, 0, null);
            }
            case DATA -> {
                for (int done = 0; done < event.length(); done += Segment.MOST_DATA) {
                    packet(event, fromPeer, Segment.PSH | Segment.ACK, sequence + done, acknowledged, done,
                            Math.min(Segment.MOST_DATA, event.length() - done), null);
                }
            }
            case FIN -> packet(event, fromPeer, Segment.FIN | Segment.ACK, sequence, acknowledged, 0, 0, event.note());
            case RESET ->
                packet(event, fromPeer, Segment.RST | Segment.ACK, sequence, acknowledged, 0, 0, event.note());
            case NOTE -> packet(event, fromPeer, Segment.ACK, sequence, acknowledged, 0, 0, event.note());
        }
    }

    private void packet(CaptureEvent event, boolean fromPeer, int flags, long sequence, long acknowledged, int from,
            int length,
            @Nullable String comment) {
        int headers = Segment.headers(event.leg(), flags);
        int kept = headers + (event.bytes() == null ? 0 : length);
        byte[] words = comment == null ? null : utf8(comment);
        int start = begin(PACKET, PACKET_FIXED + padded(kept) + PACKET_OPTIONS
                + (words == null ? 0 : OPTION_HEADER + padded(words.length)));
        out.putInt(event.leg().isClient() ? 0 : 1);
        time(event.nanos() + epochMinusNanos);
        out.putInt(kept).putInt(headers + length);
        int packet = out.position();
        out.order(ByteOrder.BIG_ENDIAN);
        Segment.write(out, event.leg(), fromPeer, flags, sequence, acknowledged, length, event.bytes(), from);
        out.order(ByteOrder.LITTLE_ENDIAN);
        pad(out.position() - packet);
        if (words != null) {
            option(COMMENT, words);
        }
        // Inbound or outbound, as the proxy sees it.
        out.putShort((short) PACKET_FLAGS).putShort((short) 4).putInt(fromPeer ? 1 : 2);
        endOptions();
        finish(start);
    }

    private void time(long nanos) {
        lastTime = nanos;
        out.putInt((int) (nanos >>> Integer.SIZE)).putInt((int) nanos);
    }

    /** Writes the end: the number of events that were dropped. */
    void end(long dropped) {
        int start = begin(STATISTICS, 64 + 64);
        out.putInt(0);
        time(lastTime);
        option(COMMENT, utf8("dropped events of both interfaces"));
        out.putShort((short) STATISTICS_DROPPED).putShort((short) 8).putLong(dropped);
        endOptions();
        finish(start);
    }

    private int begin(int type, int most) {
        if (out.remaining() < most + FRAME) {
            int wanted = Math.max(2 * out.capacity(), out.position() + most + FRAME);
            out = ByteBuffer.allocate(wanted).order(ByteOrder.LITTLE_ENDIAN).put(out.flip());
        }
        int start = out.position();
        out.putInt(type).putInt(0);
        return start;
    }

    private void finish(int start) {
        int length = out.position() + Integer.BYTES - start;
        out.putInt(length);
        out.putInt(start + Integer.BYTES, length);
    }

    private void option(int code, byte[] value) {
        out.putShort((short) code).putShort((short) value.length).put(value);
        pad(value.length);
    }

    private void endOptions() {
        out.putInt(0);
    }

    private void pad(int written) {
        for (int i = written; i % Integer.BYTES != 0; i++) {
            out.put((byte) 0);
        }
    }

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    private static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // An option has 65,535 bytes at most.
        return bytes.length <= 4096 ? bytes : Arrays.copyOf(bytes, 4096);
    }
}
