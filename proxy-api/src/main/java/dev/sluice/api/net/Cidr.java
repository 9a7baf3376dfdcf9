package dev.sluice.api.net;

import java.util.regex.Pattern;

import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses that begin with the same bits (RFC 4632, RFC 4291 section 2.3): {@code 10.0.0.0/8},
 * {@code 2001:db8::/32}.
 *
 * <p>IPv4 and IPv6 are separate: {@code ::/0} has every IPv6 address and no IPv4 address, although those have a mapped
 * form. A prefix of mapped addresses is the IPv4 prefix: {@code ::ffff:10.0.0.0/104} equals {@code 10.0.0.0/8}.
 *
 * @param network the first address: all bits behind the prefix are 0
 * @param prefixLength the number of common bits: 0 to 32 of an IPv4 address, 0 to 128 of an IPv6 address
 */
public record Cidr(IpAddress network, int prefixLength) {
    private static final int MAPPED_PREFIX = 96;
    private static final String ALLOWED = "a CIDR, such as 10.0.0.0/8 or 2001:db8::/32, or a single address";
    private static final Pattern SHORT = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,10}){0,2}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /**
     * Checks the components.
     *
     * @throws ConfigException if the length does not fit the address, or bits behind the prefix are set
     */
    public Cidr {
        int longest = longest(network);
        if (prefixLength < 0 || prefixLength > longest) {
            throw new ConfigException(null, "a prefix length of " + prefixLength + " for " + network,
                    "0 to " + longest, null);
        }
        if (!masked(network, prefixLength).equals(network)) {
            throw new ConfigException(null, network + "/" + prefixLength + ": " + hostBits(prefixLength), ALLOWED,
                    masked(network, prefixLength) + "/" + prefixLength);
        }
    }

    /**
     * Parses {@code address/prefixLength} strictly; an address alone is a prefix of all its bits. The address is read
     * as by {@link IpLiteral}; short forms ({@code 10/8}), netmasks, leading zeros and bits behind the prefix are
     * refused.
     *
     * @param text the range
     * @return the range
     * @throws ConfigException with the corrected text where it can be guessed
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return parse(text, text.substring(0, slash), Prefix.read(text.substring(slash + 1)));
        }
        IpLiteral read = IpLiteral.read(text);
        if (read.address() == null) {
            // Ambiguous: a short form omits zeros before the last number in an address, but behind it in a network.
            throw refused(text, read.wrong(), SHORT.matcher(text).matches() ? null : read.literal());
        }
        return new Cidr(read.address(), longest(read.address()));
    }

    private static Cidr parse(String text, String host, Prefix prefix) {
        boolean v6 = host.indexOf(':') >= 0;
        int longest = v6 ? 128 : 32;
        IpLiteral read = IpLiteral.read(host);
        IpAddress address = read.address();
        if (address == null || prefix.wrong() != null) {
            throw refused(text, read.wrong() != null ? read.wrong() : prefix.wrong(),
                    corrected(host, read, longest, prefix.length()));
        }
        boolean mapped = v6 && address.isIpv4();
        int ownLength = mapped ? prefix.length() - MAPPED_PREFIX : prefix.length();
        String wrong = prefix.length() > longest
                ? "the prefix length of an IPv" + (v6 ? "6" : "4") + " address ends at " + longest
                : ownLength < 0
                        ? "the prefix length of an IPv4 address that is written as IPv6 is 96 to 128"
                        : masked(address, ownLength).equals(address) ? null : hostBits(prefix.length());
        if (wrong != null) {
            throw refused(text, wrong, corrected(host, read, longest, prefix.length()));
        }
        return new Cidr(address, ownLength);
    }

    private static ConfigException refused(String text, @Nullable String wrong, @Nullable String meant) {
        return new ConfigException(null, "'" + text + "': " + wrong, ALLOWED, meant);
    }

    /** @param length -1 if unknown */
    private static @Nullable String corrected(String host, IpLiteral read, int longest, int length) {
        IpAddress address = read.address();
        if (SHORT.matcher(host).matches()) {
            int given = host.split("\\.", -1).length;
            // Beyond the bits that were given it may as well have been meant as a short address.
            IpLiteral padded = IpLiteral.read(host + ".0".repeat(4 - given));
            address = length > 8 * given || padded.literal() == null ? null : IpAddress.parse(padded.literal());
        } else if (address == null && read.literal() != null) {
            address = IpAddress.parse(read.literal());
        }
        if (address == null || length < 0 || length > longest) {
            return null;
        }
        int ownLength = longest == 128 && address.isIpv4() && length >= MAPPED_PREFIX
                ? length - MAPPED_PREFIX
                : length;
        return ownLength > longest(address) ? null : masked(address, ownLength) + "/" + ownLength;
    }

    private static String hostBits(int prefixLength) {
        return "bits behind the first " + prefixLength + " are set";
    }

    private static int longest(IpAddress address) {
        return address.isIpv4() ? 32 : 128;
    }

    private static IpAddress masked(IpAddress address, int prefixLength) {
        int bits = address.isIpv4() ? prefixLength + MAPPED_PREFIX : prefixLength;
        return new IpAddress(address.high() & mask(bits), address.low() & mask(bits - 64));
    }

    /** {@return a mask of 64 bits that begins with this many ones} */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }

    /**
     * Returns whether an address is in the range.
     *
     * @param address IPv4 or IPv6
     * @return whether it is
     */
    public boolean contains(IpAddress address) {
        return address.isIpv4() == network.isIpv4() && masked(address, prefixLength).equals(network);
    }

    /** {@return the highest address of the range; the lowest is {@link #network}} */
    public IpAddress last() {
        int bits = network.isIpv4() ? prefixLength + MAPPED_PREFIX : prefixLength;
        return new IpAddress(network.high() | ~mask(bits), network.low() | ~mask(bits - 64));
    }

    /** {@return the range as {@link #parse} reads it, always with the prefix length} */
    @Override
    public String toString() {
        return network + "/" + prefixLength;
    }

    /**
     * The text behind the slash.
     *
     * @param length -1 if unknown
     * @param wrong null if the text is valid
     */
    private record Prefix(int length, @Nullable String wrong) {
        static Prefix read(String text) {
            if (text.isEmpty()) {
                return new Prefix(-1, "the prefix length is missing");
            }
            if (NUMBER.matcher(text).matches()) {
                // Nine digits and more are all out of range.
                int length = text.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(text);
                return new Prefix(length,
                        text.length() > 1 && text.startsWith("0") ? "leading zeros in the prefix length" : null);
            }
            IpAddress mask = IpLiteral.read(text).address();
            if (mask == null || !mask.isIpv4()) {
                return new Prefix(-1, "the prefix length is not a number");
            }
            int bits = mask.ipv4Bits();
            int ones = Integer.bitCount(bits);
            return new Prefix(ones == Integer.numberOfLeadingZeros(~bits) ? ones : -1,
                    "netmasks are written as a prefix length");
        }
    }
}
