package dev.sluice.examples.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The PROXY header that a load balancer would send for a client of its own, and the one that the endpoint has to get. */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final int FIXED = 16;
    private static final byte[] DESTINATION = {10, (byte) 255, 0, 1};
    private static final short DESTINATION_PORT = 443;

    private ProxyHeader() {}

    /** Version 1 or 2, in turn, with an address that follows from the number of the plan. */
    static byte[] of(long number) {
        return number % 2 == 0 ? version1(number) : version2(number);
    }

    private static byte[] source(long number) {
        return new byte[]{10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    private static int port(long number) {
        return (int) (1024 + number % 60_000);
    }

    private static byte[] version1(long number) {
        byte[] source = source(number);
        return "PROXY TCP4 10.%d.%d.%d 10.255.0.1 %d 443\r\n"
                .formatted(source[1] & 0xff, source[2] & 0xff, source[3] & 0xff, port(number))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] version2(long number) {
        return ByteBuffer.allocate(FIXED + 12).put(SIGNATURE).put((byte) 0x21).put((byte) 0x11).putShort((short) 12)
                .put(source(number))
                .put(DESTINATION).putShort((short) port(number)).putShort(DESTINATION_PORT).array();
    }

    /** A header of version 2 without TLVs; empty: the stream ended before its first byte. */
    static byte[] read(Line line) throws IOException {
        byte[] header = line.read(FIXED + 12);
        if (header.length > 0 && header.length < FIXED + 12) {
            throw new WrongStream("the PROXY header ended in order after " + header.length + " bytes");
        }
        return header;
    }

    /** Whether a header that was received is the one of this plan. */
    static boolean isOf(long number, byte[] header) {
        return Arrays.equals(header, version2(number));
    }
}
