package dev.sluice.runtime.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

import dev.sluice.api.net.IpLiteral;
import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Parsers of {@code host:port}, {@code [v6]:port} and {@code unix:/path}. A host is an IP address in its one usual
 * form; no resolver is asked. An IPv4-mapped IPv6 address is the IPv4 address.
 */
final class Addresses {
    /** The longest path that fits into sun_path, without its terminating zero. */
    static final int LONGEST_UNIX_PATH = 107;

    private static final String FORMS = "IP:port, [IPv6]:port or unix:/path";

    private Addresses() {}

    /** An address to listen on: port 0 and wildcards are allowed. */
    static Result<SocketAddress> listen(ScalarParser.Input input) {
        return parse(input, 0, "0.0.0.0");
    }

    /** An address to connect to. */
    static Result<SocketAddress> endpoint(ScalarParser.Input input) {
        return parse(input, 1, "127.0.0.1");
    }

    private static Result<SocketAddress> parse(ScalarParser.Input input, int minPort, String anyHost) {
        String text = input.text();
        if (text.startsWith("unix:")) {
            return unix(input, text.substring("unix:".length()));
        }
        boolean bracketed = text.startsWith("[");
        int colon = bracketed ? afterBracket(text) : text.lastIndexOf(':');
        if (colon < 0) {
            return withoutPort(input, minPort, anyHost);
        }
        String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        IpLiteral parsed = bracketed ? inBrackets(host) : bare(host, anyHost);
        Port port = port(text.substring(colon + 1), minPort);
        String what = parsed.wrong() != null ? parsed.wrong() : port.wrong();
        if (what != null) {
            String meant = parsed.literal() == null || port.literal() == null
                    ? null
                    : beforePort(parsed.literal()) + ":" + port.literal();
            return new Bad<>(input.quoted() + ": " + what,
                    parsed.wrong() != null ? FORMS : "a port from " + minPort + " to 65535", meant);
        }
        InetAddress address = parsed.address() == null ? null : parsed.address().toInetAddress();
        String unusable = address == null ? "this is not an address" : unusable(address, minPort > 0);
        return unusable == null
                ? new Good<>(new InetSocketAddress(address, port.number()))
                : new Bad<>(input.quoted() + ": " + unusable, FORMS,
                        address != null && address.isAnyLocalAddress()
                                ? (address instanceof Inet6Address ? "[::1]:" : "127.0.0.1:") + port.number()
                                : null);
    }

    private static IpLiteral bare(String host, String anyHost) {
        if (host.isEmpty() || host.equals("*")) {
            return new IpLiteral(null, anyHost, "the IP address is missing");
        }
        IpLiteral read = IpLiteral.read(host);
        return host.indexOf(':') >= 0
                ? new IpLiteral(null, read.literal(), "an IPv6 address needs brackets before the port")
                : read;
    }

    private static IpLiteral inBrackets(String host) {
        IpLiteral read = IpLiteral.read(host);
        return host.indexOf(':') >= 0 || host.indexOf('%') >= 0
                ? read
                : new IpLiteral(null, read.literal(), "brackets are for IPv6 addresses");
    }

    private static String beforePort(String literal) {
        return literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal;
    }

    private static int afterBracket(String text) {
        int close = text.indexOf(']');
        return close >= 0 && close + 1 < text.length() && text.charAt(close + 1) == ':' ? close + 1 : -1;
    }

    private static Result<SocketAddress> withoutPort(ScalarParser.Input input, int minPort, String anyHost) {
        String text = input.text();
        Port alone = port(text, minPort);
        return new Bad<>(input.quoted() + (alone.literal() == null ? " has no port" : " has no IP address"), FORMS,
                alone.literal() == null ? null : anyHost + ":" + alone.literal());
    }

    private static @Nullable String unusable(InetAddress address, boolean toConnect) {
        if (toConnect && address.isAnyLocalAddress()) {
            return "the wildcard address can be listened on, but not connected to";
        }
        if (address.isMulticastAddress() || address.getHostAddress().equals("255.255.255.255")) {
            return "TCP cannot use a multicast or broadcast address";
        }
        return address instanceof Inet6Address && address.isLinkLocalAddress()
                ? "a link-local IPv6 address needs a zone, and zones are not supported"
                : null;
    }

    /**
     * @param literal the correct spelling; null if that is unknown
     * @param wrong the defect; null = none
     */
    private record Port(int number, @Nullable String literal, @Nullable String wrong) {}

    private static Port port(String text, int min) {
        boolean digits = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            return new Port(0, null, text.isEmpty() ? "the port is missing" : Printable.quote(text) + " is not a port");
        }
        long number = Long.parseLong(text);
        if (number < min || number > 65535) {
            return new Port(0, null, "port " + number + " is out of range");
        }
        String literal = Long.toString(number);
        return new Port((int) number, literal, literal.equals(text) ? null : "leading zeros in the port");
    }

    private static Result<SocketAddress> unix(ScalarParser.Input input, String path) {
        String allowed = "unix: and an absolute path of at most " + LONGEST_UNIX_PATH + " bytes";
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (!path.startsWith("/") || path.endsWith("/")) {
            return new Bad<>(input.quoted() + " is not the absolute path of a socket", allowed,
                    path.startsWith("//") && path.length() > 2 && !path.endsWith("/")
                            ? "unix:" + path.substring(1)
                            : null);
        }
        if (bytes > LONGEST_UNIX_PATH) {
            return new Bad<>("this path of a socket has " + bytes + " bytes", allowed, null);
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            return new Bad<>(input.quoted() + " has a control character in it", allowed, null);
        }
        try {
            return new Good<>(UnixDomainSocketAddress.of(path));
        } catch (InvalidPathException e) {
            return new Bad<>(input.quoted() + " cannot be a path on this system: " + e.getReason(), allowed, null);
        }
    }
}
