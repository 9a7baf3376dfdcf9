package dev.sluice.dist;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line on standard output that scripts wait for: the daemon serves, at these addresses.
 *
 * <pre>
 * line    = "sluice ready" *( SP name "=" address ) [ SP "admin=" address ] LF
 * address = IPv4 ":" port | "[" IPv6 "]" ":" port | "unix:" path
 * </pre>
 *
 * <p>Listeners come in the order of the configuration, and the admin address, when there is one, is the last. Ports are
 * the bound ones, so port 0 of the configuration never appears. IPv6 is in the form of RFC 5952. Bytes of a path that
 * are not visible ASCII, and {@code %}, are written as {@code %XX}, so that no address contains a space:
 * {@code sed -n 's|.* edge=\([^ ]*\).*|\1|p'} finds one.
 */
final class ReadyLine {
    /** Two or more groups of zeros; the first match of the greatest length is the one RFC 5952 section 4.2 shortens. */
    private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])");

    private ReadyLine() {}

    static String of(Map<String, SocketAddress> listeners, Optional<SocketAddress> admin) {
        return "sluice ready " + addresses(listeners, admin);
    }

    /** {@return the part behind {@code sluice ready}} */
    static String addresses(Map<String, SocketAddress> listeners, Optional<SocketAddress> admin) {
        StringJoiner addresses = new StringJoiner(" ");
        listeners.forEach((name, address) -> addresses.add(name + "=" + render(address)));
        admin.ifPresent(address -> addresses.add("admin=" + render(address)));
        return addresses.toString();
    }

    private static String render(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            InetAddress ip = inet.getAddress();
            String host = ip instanceof Inet6Address ? "[" + shorten(ip.getHostAddress()) + "]" : ip.getHostAddress();
            return host + ":" + inet.getPort();
        }
        StringBuilder path = new StringBuilder("unix:");
        for (byte b : address.toString().getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f && b != '%') {
                path.append((char) b);
            } else {
                path.append(String.format("%%%02X", b));
            }
        }
        return path.toString();
    }

    private static String shorten(String ip) {
        int start = -1;
        int end = -1;
        for (Matcher zeros = ZEROS.matcher(ip); zeros.find();) {
            if (zeros.end() - zeros.start() > end - start) {
                start = zeros.start();
                end = zeros.end();
            }
        }
        if (start < 0) {
            return ip;
        }
        String head = ip.substring(0, start);
        String tail = ip.substring(end);
        // The colons beside the zeros are two, one or none, and "::" is always two.
        return (head.isEmpty() ? ":" : head) + (tail.isEmpty() ? ":" : tail);
    }
}
