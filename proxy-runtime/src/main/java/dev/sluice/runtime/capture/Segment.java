package dev.sluice.runtime.capture;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * The headers of a TCP segment in an IP packet (RFC 9293, RFC 791, RFC 8200), which say what a stream did. Stateless.
 *
 * <p>An end that has no IP address, such as a client of a Unix socket, gets one that no host has, and a port made of the connection's id:
 * 0.0.0.1 for the client, 0.0.0.2 for the proxy, 0.0.0.3 for the endpoint.
 */
final class Segment {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    /** The most bytes of data of one packet: what IPv4 can say the length of, with both headers. */
    static final int MOST_DATA = 65_535 - 20 - 24;

    private static final int PROTOCOL_TCP = 6;
    private static final int IP4_HEADER = 20;
    private static final int IP6_HEADER = 40;
    private static final int TCP_HEADER = 20;
    /** No operation, and a window scale of 14, the largest: what is under way must not look like a window that is full. */
    private static final int SYN_OPTIONS = 0x01_03_03_0e;
    private static final int WINDOW = 65_535;
    private static final int TIME_TO_LIVE = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;

    private Segment() {}

    /** The length of the headers of a packet. */
    static int headers(CaptureLeg leg, int flags) {
        return (isIp6(leg) ? IP6_HEADER : IP4_HEADER) + tcpHeader(flags);
    }

    private static int tcpHeader(int flags) {
        return TCP_HEADER + ((flags & SYN) == 0 ? 0 : Integer.BYTES);
    }

    private static boolean isIp6(CaptureLeg leg) {
        return isIp6(leg.peer()) || isIp6(leg.local());
    }

    private static boolean isIp6(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && !(inet.getAddress() instanceof Inet4Address);
    }

    /**
     * Writes a packet.
     *
     * @param fromPeer the direction
     * @param length bytes of data that the headers speak of
     * @param data an array with those that follow the headers, from {@code from} on; null = none
     * @param target big-endian, with enough room
     */
    static void write(ByteBuffer target, CaptureLeg leg, boolean fromPeer, int flags, long sequence, long acknowledged,
            int length,
            byte @Nullable [] data, int from) {
        SocketAddress source = fromPeer ? leg.peer() : leg.local();
        SocketAddress destination = fromPeer ? leg.local() : leg.peer();
        int start = target.position();
        int segment = tcpHeader(flags) + length;
        if (isIp6(leg)) {
            target.putInt(6 << 28).putShort((short) segment).put((byte) PROTOCOL_TCP).put((byte) TIME_TO_LIVE);
            target.put(ip6(source, end(leg, fromPeer))).put(ip6(destination, end(leg, !fromPeer)));
        } else {
            target.putShort((short) 0x4500).putShort((short) (IP4_HEADER + segment)).putShort((short) 0)
                    .putShort((short) DO_NOT_FRAGMENT).put((byte) TIME_TO_LIVE).put((byte) PROTOCOL_TCP)
                    .putShort((short) 0);
            target.put(ip4(source, end(leg, fromPeer))).put(ip4(destination, end(leg, !fromPeer)));
            target.putShort(start + 10, folded(sum(target, start, target.position(), 0)));
        }
        int header = target.position();
        target.putShort(port(source, leg)).putShort(port(destination, leg));
        target.putInt((int) sequence).putInt((flags & ACK) == 0 ? 0 : (int) acknowledged);
        target.put((byte) ((tcpHeader(flags) / Integer.BYTES) << 4)).put((byte) flags).putShort((short) WINDOW);
        target.putShort((short) 0).putShort((short) 0);
        if ((flags & SYN) != 0) {
            target.putInt(SYN_OPTIONS);
        }
        if (data != null) {
            target.put(data, from, length);
        }
        if (data != null || length == 0) {
            // What is cut has no sum that could be checked.
            int addresses = start + (isIp6(leg) ? 8 : 12);
            long sum = sum(target, header, target.position(), sum(target, addresses, header, PROTOCOL_TCP + segment));
            target.putShort(header + 16, folded(sum));
        }
    }

    /** Adds up 16-bit words, of which the last one may be half (RFC 1071). */
    private static long sum(ByteBuffer bytes, int from, int to, long before) {
        long sum = before;
        int at = from;
        for (; at + 1 < to; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        return at < to ? sum + ((bytes.get(at) & 0xff) << Byte.SIZE) : sum;
    }

    private static short folded(long sum) {
        long folded = sum;
        while (folded >>> Short.SIZE != 0) {
            folded = (folded & 0xffff) + (folded >>> Short.SIZE);
        }
        return (short) ~folded;
    }

    private static short port(@Nullable SocketAddress address, CaptureLeg leg) {
        return (short) (address instanceof InetSocketAddress inet ? inet.getPort() : leg.id());
    }

    /** The last byte of an address for an end that has none. */
    private static int end(CaptureLeg leg, boolean peer) {
        return peer ? leg.isClient() ? 1 : 3 : 2;
    }

    private static byte[] ip4(@Nullable SocketAddress address, int end) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getAddress()
                : new byte[]{0, 0, 0, (byte) end};
    }

    private static byte[] ip6(@Nullable SocketAddress address, int end) {
        byte[] bytes = ip4(address, end);
        if (bytes.length == 16) {
            return bytes;
        }
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(bytes, 0, mapped, 12, bytes.length);
        return mapped;
    }
}
