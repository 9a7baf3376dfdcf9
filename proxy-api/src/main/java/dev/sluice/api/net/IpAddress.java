package dev.sluice.api.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address as the 128 bits of an IPv6 address. An IPv4 address is its mapped form {@code ::ffff:a.b.c.d} (RFC 4291 section
 * 2.5.5.2), so that both spellings are one value.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) {
    private static final long MAPPED = 0xffffL << 32;
    private static final long LOWER_32 = 0xffff_ffffL;

    /** The IPv4 address of 32 bits. */
    public static IpAddress ofIpv4(int bits) {
        return new IpAddress(0, MAPPED | (bits & LOWER_32));
    }

    /** The address without its zone. */
    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? ofIpv4(bytes.getInt())
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }

    /** Whether this is an IPv4 address. */
    public boolean isIpv4() {
        return high == 0 && (low & ~LOWER_32) == MAPPED;
    }

    /** Its 32 bits. @throws IllegalStateException if it is an IPv6 address */
    public int ipv4Bits() {
        if (!isIpv4()) {
            throw new IllegalStateException(this + " is not an IPv4 address");
        }
        return (int) low;
    }
}
