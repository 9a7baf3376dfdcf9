package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as people write them. */
final class TestedAddress {
    private TestedAddress() {}

    static String words(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && !inet.isUnresolved()) {
            String host = inet.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return address.toString();
    }
}
