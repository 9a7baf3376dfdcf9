package dev.sluice.api.net;

import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The result of reading a text as an IP address in its one usual form: four decimal numbers without leading zeros (RFC
 * 6943, section 3.1.1: different programs read looser forms differently), or the text of RFC 4291, section 2.2, without
 * a zone. A refused text comes with the corrected form where one can be guessed.
 *
 * <p>For code that reads an address as part of something longer, such as {@code host:port}; otherwise use
 * {@link IpAddress#parse} or {@link Cidr#parse}.
 *
 * @param address null if the text is invalid
 * @param literal the text as it should be written; null if that cannot be guessed
 * @param wrong the problem, as the end of a sentence that shows the text; null if the text is valid
 */
public record IpLiteral(@Nullable IpAddress address, @Nullable String literal, @Nullable String wrong) {
    private static final Pattern HEX_GROUPS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern LONG_GROUP = Pattern.compile("[0-9A-Fa-f]{5}");
    private static final Pattern OCTET = Pattern.compile("[0-9]{1,10}");
    private static final Pattern HEX_NUMBER = Pattern.compile("0[xX][0-9A-Fa-f]*");

    /**
     * Reads a text. Never asks a resolver.
     *
     * @param text the address
     * @return the address, or the problem
     */
    public static IpLiteral read(String text) {
        if (text.isEmpty()) {
            return bad("the IP address is missing", null);
        }
        if (text.indexOf('%') >= 0) {
            return bad("zones are not supported", null);
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            return bad("brackets are for an address before a port",
                    read(text.substring(1, text.length() - 1)).literal());
        }
        if (text.indexOf(':') >= 0) {
            return v6(text);
        }
        return endsInNumber(text)
                ? v4(text)
                : bad("names are not looked up here",
                        text.toLowerCase(Locale.ROOT).equals("localhost") ? "127.0.0.1" : null);
    }

    private static IpLiteral good(IpAddress address, String literal) {
        return new IpLiteral(address, literal, null);
    }

    private static IpLiteral bad(String wrong, @Nullable String literal) {
        return new IpLiteral(null, literal, wrong);
    }

    private static IpLiteral v6(String text) {
        int tail = text.lastIndexOf(':') + 1;
        if (text.indexOf('.', tail) >= 0) {
            IpLiteral mapped = v4(text.substring(tail));
            if (mapped.wrong() != null) {
                return bad(mapped.wrong(),
                        mapped.literal() == null ? null : v6(text.substring(0, tail) + mapped.literal()).literal());
            }
        } else if (text.indexOf('.') >= 0) {
            return bad("there is a port behind the address", v4(text.substring(0, text.indexOf(':'))).literal());
        }
        if (!HEX_GROUPS.matcher(text).matches() || LONG_GROUP.matcher(text).find()) {
            return bad("this is not an IPv6 address", null);
        }
        try {
            // The JDK's grammar is the RFC's once long groups, zones and loose IPv4 tails are out.
            return good(IpAddress.of(Inet6Address.ofLiteral(text)), text);
        } catch (IllegalArgumentException e) {
            return bad("this is not an IPv6 address", null);
        }
    }

    /**
     * {@return whether this is meant as an IPv4 address and not as a name: the rule "ends in a number" of the WHATWG
     * URL standard}
     */
    private static boolean endsInNumber(String host) {
        String labels = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = labels.substring(labels.lastIndexOf('.') + 1);
        return OCTET.matcher(last).matches() || HEX_NUMBER.matcher(last).matches();
    }

    private static IpLiteral v4(String text) {
        String[] parts = text.split("\\.", -1);
        List<Long> numbers = new ArrayList<>();
        boolean leadingZero = false;
        for (String part : parts) {
            if (!OCTET.matcher(part).matches()) {
                return bad("this is not an IPv4 address", null);
            }
            leadingZero |= part.length() > 1 && part.charAt(0) == '0';
            numbers.add(Long.parseLong(part));
        }
        if (parts.length != 4) {
            return bad("an IPv4 address has four numbers", shortForm(numbers));
        }
        if (numbers.stream().anyMatch(n -> n > 255)) {
            return bad("the numbers of an IPv4 address end at 255", null);
        }
        String literal = dotted(numbers);
        if (leadingZero) {
            return bad("leading zeros, which some programs read as octal", literal);
        }
        long bits = 0;
        for (long number : numbers) {
            bits = bits << 8 | number;
        }
        return good(IpAddress.ofIpv4((int) bits), literal);
    }

    /** Expands fewer than four numbers as BSD's inet_aton does: the last one fills the rest. */
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
