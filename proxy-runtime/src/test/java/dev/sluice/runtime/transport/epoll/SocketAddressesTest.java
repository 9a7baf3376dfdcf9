package dev.sluice.runtime.transport.epoll;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;

import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SocketAddressesTest {
    private static final int NO_DESCRIPTOR = -1;

    /** Written as the system wants it, and taken back as from accept. */
    private static SocketAddress thereAndBack(SocketAddress address) throws TransportException {
        try (CallScratch scratch = new CallScratch()) {
            int length = SocketAddresses.put(address, scratch.address());
            return remote(scratch, length);
        }
    }

    private static SocketAddress remote(CallScratch scratch, int length) {
        return Objects.requireNonNull(
                SocketAddresses.accepted(NO_DESCRIPTOR, scratch.address(), length).remoteAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.200", "0.0.0.0", "255.255.255.255", "2001:db8::8000:0:1", "::1", "::",
        "fedc:ba98:7654:3210:fedc:ba98:7654:3210"})
    void addressesKeepEveryBit(String ip) throws TransportException {
        for (int port : new int[]{1, 443, 65_535}) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(ip), port);
            assertEquals(address, thereAndBack(address));
        }
    }

    @Test
    void anIpv4ClientOfAnIpv6SocketIsAnIpv4Client() {
        try (CallScratch scratch = new CallScratch()) {
            byte[] mapped = {10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff,
                (byte) 192, 0, 2, 1, 0, 0, 0, 0};
            scratch.address().asByteBuffer().put(mapped);
            SocketAddress client = remote(scratch, mapped.length);
            assertInstanceOf(Inet4Address.class, ((InetSocketAddress) client).getAddress());
            assertEquals(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0), client);
        }
    }

    @Test
    void pathsOfUnixSockets() throws TransportException {
        UnixDomainSocketAddress longest = UnixDomainSocketAddress.of("/" + "x".repeat(106));
        assertEquals(longest, thereAndBack(longest));
        assertEquals(SocketAddresses.UNNAMED, thereAndBack(UnixDomainSocketAddress.of("")));
        TransportException tooLong = assertThrows(TransportException.class,
                () -> thereAndBack(UnixDomainSocketAddress.of("/" + "x".repeat(107))));
        assertEquals("the path of a Unix socket has at most 107 bytes, this one has 108", tooLong.getMessage());
    }

    @Test
    void anAddressIsToldFromItsNeighbours() throws TransportException {
        try (CallScratch scratch = new CallScratch()) {
            InetSocketAddress here = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 4711);
            SocketAddresses.put(here, scratch.address());
            assertTrue(SocketAddresses.same(scratch.address(), here));
            assertFalse(SocketAddresses.same(scratch.address(), new InetSocketAddress(here.getAddress(), 4712)));
            assertFalse(SocketAddresses.same(scratch.address(),
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 4711)));
        }
    }
}
