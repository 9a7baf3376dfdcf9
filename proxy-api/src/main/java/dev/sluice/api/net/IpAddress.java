package dev.sluice.api.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

import dev.sluice.api.config.ConfigException;

/**
 * An IPv4 or IPv6 address as the 128 bits of an IPv6 address. An IPv4 address is its mapped form {@code ::ffff:a.b.c.d}
 * (RFC 4291 section 2.5.5.2), so that both spellings are one value.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) {
    private static final long MAPPED = 0xffffL << 32;
    private static final long LOWER_32 = 0xffff_ffffL;
    private static final int HEXTETS = 8;

    /**
     * Makes an IPv4 address.
     *
     * @param bits the 32 bits
     * @return the address
     */
    public static IpAddress ofIpv4(int bits) {
        return new IpAddress(0, MAPPED | (bits & LOWER_32));
    }

    /**
     * Converts an address of the JDK, without its zone.
     *
     * @param address IPv4 or IPv6
     * @return the same address
     */
    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? ofIpv4(bytes.getInt())
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }

    /**
     * Parses {@code 192.0.2.1} or {@code 2001:db8::1} strictly: see {@link IpLiteral}. {@code ::ffff:192.0.2.1} is the
     * IPv4 address. Names are refused, not looked up.
     *
     * @param text the address
     * @return the address
     * @throws ConfigException with the corrected text where it can be guessed
     */
    public static IpAddress parse(String text) {
        IpLiteral read = IpLiteral.read(text);
        if (read.address() == null) {
            throw new ConfigException(null, "'" + text + "': " + read.wrong(),
                    "an IP address, such as 192.0.2.1 or 2001:db8::1", read.literal());
        }
        return read.address();
    }

    /** {@return whether this is an IPv4 address} */
    public boolean isIpv4() {
        return high == 0 && (low & ~LOWER_32) == MAPPED;
    }

    /**
     * Returns the 32 bits of an IPv4 address.
     *
     * @return the bits
     * @throws IllegalStateException if this is an IPv6 address
     */
    public int ipv4Bits() {
        if (!isIpv4()) {
            throw new IllegalStateException(this + " is not an IPv4 address");
        }
        return (int) low;
    }

    /** {@return the same address for sockets: an {@link java.net.Inet4Address} if it is an IPv4 address} */
    public InetAddress toInetAddress() {
        byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an IP address", e);
        }
    }

    /** {@return four decimal numbers, or the canonical form of RFC 5952, without brackets} */
    @Override
    public String toString() {
        if (isIpv4()) {
            return (low >>> 24 & 0xff) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        int gap = longestZeros();
        int afterGap = gap + zerosFrom(gap);
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < HEXTETS; i++) {
            if (i == gap) {
                text.append("::");
                i = afterGap - 1;
            } else {
                text.append(i == 0 || i == afterGap ? "" : ":").append(Integer.toHexString(hextet(i)));
            }
        }
        return text.toString();
    }

    private int hextet(int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index % 4))) & 0xffff;
    }

    /**
     * {@return the start of the first of the longest runs of at least two zero hextets; {@link #HEXTETS} if there is
     * none}
     */
    private int longestZeros() {
        int start = HEXTETS;
        int length = 1;
        for (int i = 0; i < HEXTETS; i++) {
            int run = zerosFrom(i);
            if (run > length) {
                start = i;
                length = run;
            }
        }
        return start;
    }

    private int zerosFrom(int index) {
        int end = index;
        while (end < HEXTETS && hextet(end) == 0) {
            end++;
        }
        return end - index;
    }
}
