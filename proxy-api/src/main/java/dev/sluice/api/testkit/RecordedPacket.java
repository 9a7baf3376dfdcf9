package dev.sluice.api.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A TCP segment of a {@link Recording}.
 *
 * @param ends the addresses and ports of both ends, the same for both directions
 * @param fromFirst whether it comes from the end that is named first
 * @param flags those of TCP
 * @param data its bytes; zeros where the capture has none; belongs to this record
 * @param whole whether the capture has all bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedPacket(Ends ends, boolean fromFirst, int flags, byte[] data, boolean whole) {
    static final int FIN = 1;
    static final int SYN = 2;

    private static final int TCP = 6;

    /**
     * The ends of a TCP connection.
     *
     * @param index of the interface
     * @param first address and port, in hexadecimal; not greater than the other
     */
    record Ends(int index, String first, String second) {}

    /**
     * Reads an IP packet.
     *
     * @param packet as much of it as the capture has, big-endian
     * @return null if it carries no TCP
     */
    static @Nullable RecordedPacket read(int index, ByteBuffer packet) {
        boolean ip6 = (packet.get(0) & 0xf0) == 0x60;
        int header = ip6 ? 40 : (packet.get(0) & 0xf) * 4;
        int length = ip6 ? Short.toUnsignedInt(packet.getShort(4)) : Short.toUnsignedInt(packet.getShort(2)) - header;
        if (packet.get(ip6 ? 6 : 9) != TCP) {
            return null;
        }
        int size = ip6 ? 16 : 4;
        int addresses = ip6 ? 8 : 12;
        String source = end(packet, addresses, size, header);
        String destination = end(packet, addresses + size, size, header + 2);
        boolean ordered = source.compareTo(destination) <= 0;
        int data = header + (packet.get(header + 12) >> 4 & 0xf) * 4;
        byte[] bytes = new byte[Math.max(0, length - (data - header))];
        int here = Math.max(0, Math.min(bytes.length, packet.limit() - data));
        packet.get(data, bytes, 0, here);
        return new RecordedPacket(ordered ? new Ends(index, source, destination) : new Ends(index, destination, source),
                ordered,
                packet.get(header + 13), bytes, here == bytes.length);
    }

    private static String end(ByteBuffer packet, int address, int size, int port) {
        byte[] bytes = new byte[size + 2];
        packet.get(address, bytes, 0, size);
        packet.get(port, bytes, size, 2);
        return Arrays.toString(bytes);
    }
}
