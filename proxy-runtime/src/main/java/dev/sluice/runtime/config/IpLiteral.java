package dev.sluice.runtime.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads an IP address in its one usual form: four decimal numbers without leading zeros (RFC 6943, section 3.1.1: everything looser is read
 * differently by different programs), or the text of RFC 4291, section 2.2, without a zone. What is refused gets the corrected form where one
 * can be told.
 */
final class IpLiteral {
    private static final Pattern HEX_GROUPS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern LONG_GROUP = Pattern.compile("[0-9A-Fa-f]{5}");
    private static final Pattern OCTET = Pattern.compile("[0-9]{1,10}");
    private static final Pattern HEX_NUMBER = Pattern.compile("0[xX][0-9A-Fa-f]*");

    private IpLiteral() {}

    /**
     * The host part of an address.
     *
     * @param address null if it is wrong
     * @param literal as it should be written before {@code :port}; null if that cannot be told
     * @param wrong what is wrong; null if nothing is
     */
    record Host(@Nullable InetAddress address, @Nullable String literal, @Nullable String wrong) {
        static Host good(InetAddress address, String literal) {
            return new Host(address, literal, null);
        }

        static Host bad(String wrong, @Nullable String literal) {
            return new Host(null, literal, wrong);
        }
    }

    /** @param anyHost what was meant where nothing, or {@code *}, was written */
    static Host bare(String host, String anyHost) {
        if (host.isEmpty() || host.equals("*")) {
            return Host.bad("the IP address is missing", anyHost);
        }
        if (host.indexOf(':') >= 0) {
            Host bracketed = inBrackets(host);
            return Host.bad("an IPv6 address stands in brackets before its port", bracketed.literal());
        }
        if (endsInNumber(host)) {
            return v4(host);
        }
        return Host.bad("names are not looked up here",
                host.toLowerCase(Locale.ROOT).equals("localhost") ? "127.0.0.1" : null);
    }

    static Host inBrackets(String text) {
        int zone = text.indexOf('%');
        if (zone >= 0) {
            return Host.bad("zones are not supported", null);
        }
        if (text.indexOf(':') < 0) {
            return Host.bad("brackets are for IPv6 addresses", endsInNumber(text) ? v4(text).literal() : null);
        }
        int tail = text.lastIndexOf(':') + 1;
        if (text.indexOf('.') >= 0) {
            Host mapped = v4(text.substring(tail));
            if (mapped.wrong() != null) {
                return Host.bad(mapped.wrong(),
                        mapped.literal() == null
                                ? null
                                : inBrackets(text.substring(0, tail) + mapped.literal()).literal());
            }
        }
        if (!HEX_GROUPS.matcher(text).matches() || LONG_GROUP.matcher(text).find()) {
            return Host.bad("this is not an IPv6 address", null);
        }
        try {
            // The JDK's grammar is the RFC's once long groups, zones and loose IPv4 tails are out.
            return Host.good(Inet6Address.ofLiteral(text), "[" + text + "]");
        } catch (IllegalArgumentException e) {
            return Host.bad("this is not an IPv6 address", null);
        }
    }

    /** Whether this is meant as an IPv4 address and not as a name: the rule of the WHATWG URL standard, "ends in a number". */
    private static boolean endsInNumber(String host) {
        String labels = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = labels.substring(labels.lastIndexOf('.') + 1);
        return OCTET.matcher(last).matches() || HEX_NUMBER.matcher(last).matches();
    }

    private static Host v4(String text) {
        String[] parts = text.split("\\.", -1);
        List<Long> numbers = new ArrayList<>();
        boolean leadingZero = false;
        for (String part : parts) {
            if (!OCTET.matcher(part).matches()) {
                return Host.bad("this is not an IPv4 address", null);
            }
            leadingZero |= part.length() > 1 && part.charAt(0) == '0';
            numbers.add(Long.parseLong(part));
        }
        if (parts.length != 4) {
            return Host.bad("an IPv4 address has four numbers", shortForm(numbers));
        }
        if (numbers.stream().anyMatch(n -> n > 255)) {
            return Host.bad("the numbers of an IPv4 address end at 255", null);
        }
        String literal = dotted(numbers);
        if (leadingZero) {
            return Host.bad("leading zeros, which some programs read as octal", literal);
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            bytes[i] = numbers.get(i).byteValue();
        }
        try {
            return Host.good(InetAddress.getByAddress(bytes), literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }

    /** The address that BSD's inet_aton makes of fewer than four numbers: the last one fills what is left. */
    private static @Nullable String shortForm(List<Long> numbers) {
        if (numbers.size() > 4) {
            return null;
        }
        int leading = numbers.size() - 1;
        long last = numbers.get(leading);
        int filled = 4 - leading;
        if (last >= 1L << (8 * filled) || numbers.subList(0, leading).stream().anyMatch(n -> n > 255)) {
            return null;
        }
        List<Long> all = new ArrayList<>(numbers.subList(0, leading));
        for (int i = filled - 1; i >= 0; i--) {
            all.add((last >> (8 * i)) & 0xFF);
        }
        return dotted(all);
    }

    private static String dotted(List<Long> numbers) {
        return String.join(".", numbers.stream().map(String::valueOf).toList());
    }
}
