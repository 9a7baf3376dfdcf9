package dev.sluice.runtime.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The holders of addresses that are listened on. A wildcard overlaps with every address of its family, and {@code [::]} with those of IPv4 too, because that is how Linux
 * binds it unless told otherwise. Port 0 overlaps with nothing.
 */
final class ListenTable<T> {
    private final Predicate<InetAddress> ownAddress;
    private final Map<SocketAddress, T> exact = new HashMap<>();
    private final Map<Integer, List<InetSocketAddress>> byPort = new HashMap<>();

    /**
     * An empty table.
     *
     * @param ownAddress whether a wildcard listens on this address; asked only where the port is the same. Without asking the machine, because whether a configuration is good must not
     *     depend on where it is checked, these are the loopback addresses
     */
    ListenTable(Predicate<InetAddress> ownAddress) {
        this.ownAddress = ownAddress;
    }

    /** Adds who listens there, unless someone does already on an overlapping address: then that one is returned. */
    @Nullable
    T claim(SocketAddress address, T who) {
        if (address instanceof InetSocketAddress inet && inet.getPort() == 0) {
            return null;
        }
        SocketAddress key = key(address);
        T taken = exact.get(key);
        if (taken != null || !(key instanceof InetSocketAddress inet)) {
            return taken != null ? taken : exact.put(key, who);
        }
        List<InetSocketAddress> samePort = byPort.computeIfAbsent(inet.getPort(), port -> new ArrayList<>());
        for (InetSocketAddress other : isWildcard(inet) ? samePort : wildcards(inet.getPort())) {
            T holder = exact.get(other);
            if (holder != null && (covers(inet, other.getAddress()) || covers(other, inet.getAddress()))) {
                return holder;
            }
        }
        samePort.add(inet);
        return exact.put(key, who);
    }

    /** Who would take a connection to this address, as far as the address alone tells. */
    @Nullable
    T reachedBy(SocketAddress address) {
        T holder = exact.get(key(address));
        if (holder != null || !(address instanceof InetSocketAddress inet)) {
            return holder;
        }
        for (InetSocketAddress wildcard : wildcards(inet.getPort())) {
            T there = exact.get(wildcard);
            if (there != null && covers(wildcard, inet.getAddress()) && ownAddress.test(inet.getAddress())) {
                return there;
            }
        }
        return null;
    }

    private static List<InetSocketAddress> wildcards(int port) {
        return List.of(Wildcard.V4.at(port), Wildcard.V6.at(port));
    }

    private enum Wildcard {
        V4("0.0.0.0"),
        V6("::");

        private final InetAddress address;

        Wildcard(String literal) {
            this.address = InetAddress.ofLiteral(literal);
        }

        private InetSocketAddress at(int port) {
            return new InetSocketAddress(address, port);
        }
    }

    private static boolean isWildcard(InetSocketAddress address) {
        return address.getAddress().isAnyLocalAddress();
    }

    private static boolean covers(InetSocketAddress wildcard, InetAddress address) {
        return isWildcard(wildcard)
                && (wildcard.getAddress() instanceof Inet6Address || address instanceof Inet4Address);
    }

    private static SocketAddress key(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                ? UnixDomainSocketAddress.of(unix.getPath().normalize())
                : address;
    }
}
