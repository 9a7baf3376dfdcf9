package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

import dev.sluice.runtime.transport.TransportException;

/**
 * Conversions between Java's socket addresses and {@code struct sockaddr_in}, {@code sockaddr_in6} and
 * {@code sockaddr_un}: ip(7), ipv6(7), unix(7).
 */
final class SocketAddresses {
    static final int INET4_BYTES = 16;
    static final int INET6_BYTES = 28;
    /** The address of a Unix socket that was bound to no path. */
    static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    private static final int PORT = 2;
    private static final int INET4_ADDRESS = 4;
    private static final int INET6_ADDRESS = 8;
    private static final int INET6_SCOPE = 24;
    private static final int PATH = 2;
    private static final int PATH_BYTES = 108;
    /** {@code ::ffff:0:0/96} as the last 32 bits of the first 96: an IPv4 peer of an IPv6 socket (RFC 4291 section 2.5.5.2). */
    private static final long MAPPED = 0xffff;
    /** The charset that the JVM itself uses for file names. */
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT
            .withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    /** The address family of the socket that an address needs. */
    static int family(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            return Linux.AF_UNIX;
        }
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address
                ? Linux.AF_INET
                : Linux.AF_INET6;
    }

    /**
     * Writes an address in the system's format.
     *
     * @return its length in bytes
     */
    static int put(SocketAddress address, MemorySegment target) throws TransportException {
        target.fill((byte) 0);
        target.set(ValueLayout.JAVA_SHORT, 0, (short) family(address));
        if (address instanceof UnixDomainSocketAddress unix) {
            byte[] path = unix.getPath().toString().getBytes(NAMES);
            if (path.length >= PATH_BYTES) {
                throw new TransportException(TransportException.Kind.OTHER, "the path of a Unix socket has at most "
                        + (PATH_BYTES - 1) + " bytes, this one has " + path.length);
            }
            MemorySegment.copy(path, 0, target, ValueLayout.JAVA_BYTE, PATH, path.length);
            // With the NUL byte behind it.
            return PATH + path.length + 1;
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        InetAddress ip = inet.getAddress();
        if (ip == null) {
            throw new IllegalArgumentException("not an IP address: " + inet);
        }
        byte[] bytes = ip.getAddress();
        target.set(NETWORK_SHORT, PORT, (short) inet.getPort());
        if (ip instanceof Inet6Address six) {
            MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, INET6_ADDRESS, bytes.length);
            target.set(ValueLayout.JAVA_INT, INET6_SCOPE, six.getScopeId());
            return INET6_BYTES;
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, INET4_ADDRESS, bytes.length);
        return INET4_BYTES;
    }

    /**
     * Writes the address of a Unix socket as service managers write it: a path, or {@code @} and an abstract name.
     *
     * @return its length in bytes
     */
    static int putUnix(String address, MemorySegment target) throws TransportException {
        boolean isAbstract = address.startsWith("@");
        byte[] name = address.getBytes(NAMES);
        // Behind a path is a NUL byte; an abstract name begins with one, which '@' stands for, and has none behind it.
        int length = isAbstract ? name.length : name.length + 1;
        if (length > PATH_BYTES) {
            throw new TransportException(TransportException.Kind.OTHER, "the address of a Unix socket has at most "
                    + (isAbstract ? PATH_BYTES : PATH_BYTES - 1) + " bytes, this one has " + name.length);
        }
        target.fill((byte) 0);
        target.set(ValueLayout.JAVA_SHORT, 0, (short) Linux.AF_UNIX);
        MemorySegment.copy(name, 0, target, ValueLayout.JAVA_BYTE, PATH, name.length);
        if (isAbstract) {
            target.set(ValueLayout.JAVA_BYTE, PATH, (byte) 0);
        }
        return PATH + length;
    }

    /** The port of an IPv4 or IPv6 address. */
    static int port(MemorySegment address) {
        return Short.toUnsignedInt(address.get(NETWORK_SHORT, PORT));
    }

    /** Whether an address written by the system equals {@code other}. */
    static boolean same(MemorySegment address, InetSocketAddress other) {
        if (port(address) != other.getPort()) {
            return false;
        }
        byte[] bytes = other.getAddress().getAddress();
        int at = bytes.length == Integer.BYTES ? INET4_ADDRESS : INET6_ADDRESS;
        for (int i = 0; i < bytes.length; i++) {
            if (address.get(ValueLayout.JAVA_BYTE, at + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** An address written by the system; an IPv4-mapped IPv6 address becomes the IPv4 address. */
    static SocketAddress get(MemorySegment address, int length) {
        return switch (address.get(ValueLayout.JAVA_SHORT, 0)) {
            case Linux.AF_INET -> inet4(address.get(NETWORK_INT, INET4_ADDRESS), port(address));
            case Linux.AF_INET6 -> {
                long high = address.get(NETWORK_LONG, INET6_ADDRESS);
                long low = address.get(NETWORK_LONG, INET6_ADDRESS + Long.BYTES);
                yield high == 0 && low >>> Integer.SIZE == MAPPED
                        ? inet4((int) low, port(address))
                        : inet6(high, low, address.get(ValueLayout.JAVA_INT, INET6_SCOPE), port(address));
            }
            default -> unix(address, length);
        };
    }

    /** The socket of a connection that was accepted from an address that the system has written. */
    static EpollStreamSocket accepted(int descriptor, MemorySegment address, int length) {
        return switch (address.get(ValueLayout.JAVA_SHORT, 0)) {
            case Linux.AF_INET -> new Inet4Socket(descriptor, address.get(NETWORK_INT, INET4_ADDRESS), port(address));
            case Linux.AF_INET6 -> {
                long high = address.get(NETWORK_LONG, INET6_ADDRESS);
                long low = address.get(NETWORK_LONG, INET6_ADDRESS + Long.BYTES);
                yield high == 0 && low >>> Integer.SIZE == MAPPED
                        ? new Inet4Socket(descriptor, (int) low, port(address))
                        : new Inet6Socket(descriptor, high, low, address.get(ValueLayout.JAVA_INT, INET6_SCOPE),
                                port(address));
            }
            default -> new DialledSocket(descriptor, unix(address, length), 0);
        };
    }

    /** An address written by the system; an IPv4-mapped IPv6 address becomes the IPv4 address. */
    static SocketAddress of(MemorySegment address, int length) {
        return switch (address.get(ValueLayout.JAVA_SHORT, 0)) {
            case Linux.AF_INET -> inet4(address.get(NETWORK_INT, INET4_ADDRESS), port(address));
            case Linux.AF_INET6 -> inet6(address.get(NETWORK_LONG, INET6_ADDRESS),
                    address.get(NETWORK_LONG, INET6_ADDRESS + Long.BYTES),
                    address.get(ValueLayout.JAVA_INT, INET6_SCOPE), port(address));
            default -> unix(address, length);
        };
    }

    private static UnixDomainSocketAddress unix(MemorySegment address, int length) {
        // Nothing for an unnamed socket; a NUL byte before the name of an abstract one, which Java cannot express.
        if (length <= PATH || address.get(ValueLayout.JAVA_BYTE, PATH) == 0) {
            return UNNAMED;
        }
        return UnixDomainSocketAddress.of(address.asSlice(PATH, Math.min(length - PATH, PATH_BYTES))
                .getString(0, NAMES));
    }

    /** An IPv4 address from its number. */
    static InetSocketAddress inet4(int ip, int port) {
        byte[] bytes = {(byte) (ip >>> 24), (byte) (ip >>> 16), (byte) (ip >>> 8), (byte) ip};
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    /**
     * An IPv6 address from its numbers.
     *
     * @param scope index of the interface of a link-local address; 0 = none
     */
    static InetSocketAddress inet6(long high, long low, int scope, int port) {
        byte[] bytes = new byte[2 * Long.BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (high >>> (Long.SIZE - Byte.SIZE * (i + 1)));
            bytes[Long.BYTES + i] = (byte) (low >>> (Long.SIZE - Byte.SIZE * (i + 1)));
        }
        try {
            // A scope of -1 means none to this method, 0 means "of interface 0".
            return new InetSocketAddress(high == 0 && low >>> Integer.SIZE == MAPPED
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scope == 0 ? -1 : scope), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen bytes are an address", e);
        }
    }
}
