package dev.sluice.runtime.cluster;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

/** Renders addresses the way configuration writes them. */
final class AddressLabel {
    private AddressLabel() {}

    static String of(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            case InetSocketAddress inet -> host(inet) + ":" + inet.getPort();
            default -> address.toString();
        };
    }

    private static String host(InetSocketAddress inet) {
        InetAddress address = inet.getAddress();
        if (address == null) {
            return inet.getHostString();
        }
        return address instanceof Inet6Address v6 ? "[" + shorten(v6.getHostAddress()) + "]" : address.getHostAddress();
    }

    /** RFC 5952, section 4.2: the first of the longest runs of two or more zero groups becomes {@code ::}. */
    private static String shorten(String full) {
        int zone = full.indexOf('%') < 0 ? full.length() : full.indexOf('%');
        List<String> groups = List.of(full.substring(0, zone).split(":", -1));
        int from = 0;
        int to = 1;
        for (int start = 0; start < groups.size(); start++) {
            int end = start;
            while (end < groups.size() && groups.get(end).equals("0")) {
                end++;
            }
            if (end - start > to - from) {
                from = start;
                to = end;
            }
        }
        if (to - from < 2) {
            return full;
        }
        String before = String.join(":", groups.subList(0, from));
        return before + "::" + String.join(":", groups.subList(to, groups.size())) + full.substring(zone);
    }
}
