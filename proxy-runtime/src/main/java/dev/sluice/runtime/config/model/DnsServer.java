package dev.sluice.runtime.config.model;

import java.net.InetSocketAddress;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.IpLiteral;
import org.jspecify.annotations.Nullable;

/**
 * A DNS server, written {@code 10.0.0.2:53}, {@code [2001:db8::53]:53}, an address alone, or {@code system}.
 *
 * @param address null = the servers that the system uses
 */
public record DnsServer(@Nullable InetSocketAddress address) {
    /** The servers of the system. */
    public static final DnsServer SYSTEM = new DnsServer(null);

    private static final int DNS_PORT = 53;
    private static final String ALLOWED = "system, or an IP address with or without a port, as in 10.0.0.2:53";

    /**
     * Parses a server.
     *
     * @throws ConfigException if the text is none
     */
    public static DnsServer parse(String text) {
        if (text.equals("system")) {
            return SYSTEM;
        }
        boolean bracketed = text.startsWith("[");
        int colon = bracketed ? text.indexOf("]:") + 1 : text.indexOf(':');
        boolean withPort = bracketed ? colon > 0 : colon >= 0 && text.indexOf(':', colon + 1) < 0;
        String host = withPort ? text.substring(0, colon) : text;
        IpLiteral read = IpLiteral.read(
                bracketed && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        if (read.address() == null) {
            throw new ConfigException(null, "'" + text + "' is not a DNS server"
                    + (read.wrong() == null ? "" : ": " + read.wrong()), ALLOWED, null);
        }
        return new DnsServer(new InetSocketAddress(read.address().toInetAddress(),
                withPort ? port(text, text.substring(colon + 1)) : DNS_PORT));
    }

    private static int port(String text, String digits) {
        boolean number = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(Character::isDigit);
        int port = number ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65535 || digits.startsWith("0")) {
            throw new ConfigException(null, "'" + text + "' has no valid port", "a port from 1 to 65535", null);
        }
        return port;
    }

    @Override
    public String toString() {
        return address == null ? "system" : address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
