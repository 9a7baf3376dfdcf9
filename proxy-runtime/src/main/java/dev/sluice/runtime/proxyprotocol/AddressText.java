package dev.sluice.runtime.proxyprotocol;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.memory.Buffer;

/** The text of addresses and numbers, written without an object between. */
final class AddressText {
    private static final int GROUPS = 8;
    private static final byte[] HEX_DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd',
        'e', 'f'};

    private AddressText() {}

    /**
     * Appends an address.
     *
     * @param ipv4 whether an IPv4 address is written as such; otherwise in its mapped form, {@code ::ffff:192.0.2.1}
     */
    static void append(Buffer target, boolean ipv4, IpAddress address) {
        if (address.isIpv4()) {
            if (!ipv4) {
                appendMappedPrefix(target);
            }
            appendIpv4(target, address.ipv4Bits());
        } else {
            appendIpv6(target, address);
        }
    }

    private static void appendMappedPrefix(Buffer target) {
        target.append((byte) ':');
        target.append((byte) ':');
        appendHex(target, 0xffff);
        target.append((byte) ':');
    }

    private static void appendIpv4(Buffer target, int bits) {
        for (int shift = 24; shift > 0; shift -= 8) {
            appendDecimal(target, bits >>> shift & 0xff);
            target.append((byte) '.');
        }
        appendDecimal(target, bits & 0xff);
    }

    /** Appends the canonical form of RFC 5952: the first of the longest runs of at least two zero groups is the gap. */
    private static void appendIpv6(Buffer target, IpAddress address) {
        int gap = GROUPS;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zerosFrom(address, i);
            if (zeros > gapLength) {
                gap = i;
                gapLength = zeros;
            }
        }
        int i = 0;
        while (i < GROUPS) {
            if (i == gap) {
                target.append((byte) ':');
                i += gapLength;
                if (i == GROUPS) {
                    target.append((byte) ':');
                }
            } else {
                if (i > 0) {
                    target.append((byte) ':');
                }
                appendHex(target, group(address, i));
                i++;
            }
        }
    }

    private static int zerosFrom(IpAddress address, int index) {
        int end = index;
        while (end < GROUPS && group(address, end) == 0) {
            end++;
        }
        return end - index;
    }

    private static int group(IpAddress address, int index) {
        long half = index < GROUPS / 2 ? address.high() : address.low();
        return (int) (half >>> (48 - 16 * (index % (GROUPS / 2)))) & 0xffff;
    }

    private static void appendHex(Buffer target, int group) {
        int shift = 12;
        while (shift > 0 && group >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            target.append(HEX_DIGITS[group >>> shift & 0xf]);
        }
    }

    /** Appends a number that is not negative. */
    static void appendDecimal(Buffer target, int number) {
        int divisor = 1;
        while (number / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            target.append((byte) ('0' + number / divisor % 10));
        }
    }
}
