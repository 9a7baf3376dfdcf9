package dev.sluice.runtime.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * The text of an address, as people see it in logs, metrics and admin responses. Never asks a name service. Any thread.
 */
public final class AddressText {
    private static final int HEXTETS = 8;

    private AddressText() {}

    /**
     * {@code 192.0.2.1:443}, {@code [2001:db8::1]:443} (IPv6 in the one spelling that RFC 5952 allows), {@code unix:/path}.
     *
     * @return the text; {@code unix:} for the client end of a Unix connection, which has no name
     */
    public static String of(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return host(inet) + ":" + inet.getPort();
        }
        return address instanceof UnixDomainSocketAddress unix ? "unix:" + unix.getPath() : address.toString();
    }

    private static String host(InetSocketAddress inet) {
        InetAddress ip = inet.getAddress();
        if (ip == null) {
            return inet.getHostString();
        }
        return ip instanceof Inet6Address six ? "[" + of(six) + "]" : ip.getHostAddress();
    }

    private static String of(Inet6Address ip) {
        byte[] bytes = ip.getAddress();
        int[] hextets = new int[HEXTETS];
        for (int i = 0; i < HEXTETS; i++) {
            hextets[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < HEXTETS; i++) {
            int end = i;
            while (end < HEXTETS && hextets[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gapStart = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < HEXTETS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(hextets[i]));
        }
        if (ip.getScopeId() != 0) {
            text.append('%').append(ip.getScopeId());
        }
        return text.toString();
    }
}
