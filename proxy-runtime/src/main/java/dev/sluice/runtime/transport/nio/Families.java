package dev.sluice.runtime.transport.nio;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;

/** Protocol families of addresses. */
final class Families {
    private Families() {}

    /**
     * The family of the socket that an address needs. Always given to the JDK: its default socket turns 0.0.0.0 into
     * [::], and so an IPv4 listener into one for both families.
     */
    static ProtocolFamily of(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            return StandardProtocolFamily.UNIX;
        }
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
