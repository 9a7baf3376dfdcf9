package dev.sluice.runtime.selfdial;

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
 * The addresses that are listened on. A wildcard overlaps with every address of its family, and {@code [::]} with those
 * of IPv4 too unless it is for IPv6 only, as in Linux. Port 0 overlaps with nothing.
 *
 * @param <T> the holder of an address
 */
public final class ListenTable<T> {
    private record Claim<T>(InetSocketAddress address, boolean ipv6Only, T holder) {
        boolean covers(InetAddress other) {
            InetAddress own = address.getAddress();
            return own.isAnyLocalAddress()
                    && (other instanceof Inet4Address
                            ? own instanceof Inet4Address || !ipv6Only
                            : own instanceof Inet6Address);
        }
    }

    private final Predicate<InetAddress> ownAddress;
    private final Map<SocketAddress, T> exact = new HashMap<>();
    private final Map<Integer, List<Claim<T>>> byPort = new HashMap<>();
    /**
     * The wildcard claims of each port: only these can overlap with an address that is none, however many listeners a
     * port has.
     */
    private final Map<Integer, List<Claim<T>>> wildcards = new HashMap<>();

    /**
     * An empty table.
     *
     * @param ownAddress whether a wildcard listens on this address; asked only where the port is the same. Where a
     *     configuration is checked these are the loopback addresses, because the result must not depend on the machine
     */
    public ListenTable(Predicate<InetAddress> ownAddress) {
        this.ownAddress = ownAddress;
    }

    /**
     * Adds the holder of an address. If another one holds an overlapping address, nothing is added and that holder is
     * returned.
     */
    @Nullable
    public T claim(SocketAddress address, boolean ipv6Only, T holder) {
        if (address instanceof InetSocketAddress inet && inet.getPort() == 0) {
            return null;
        }
        SocketAddress key = key(address);
        T taken = exact.get(key);
        if (taken != null || !(key instanceof InetSocketAddress inet)) {
            return taken != null ? taken : exact.put(key, holder);
        }
        Claim<T> claim = new Claim<>(inet, ipv6Only, holder);
        boolean wildcard = inet.getAddress().isAnyLocalAddress();
        for (Claim<T> other : (wildcard ? byPort : wildcards).getOrDefault(inet.getPort(), List.of())) {
            if (claim.covers(other.address.getAddress()) || other.covers(inet.getAddress())) {
                return other.holder;
            }
        }
        byPort.computeIfAbsent(inet.getPort(), port -> new ArrayList<>()).add(claim);
        if (wildcard) {
            wildcards.computeIfAbsent(inet.getPort(), port -> new ArrayList<>()).add(claim);
        }
        return exact.put(key, holder);
    }

    /** The holder that would take a connection to this address, as far as the address alone tells. */
    @Nullable
    public T reachedBy(SocketAddress address) {
        T holder = exact.get(key(address));
        if (holder != null || !(address instanceof InetSocketAddress inet)) {
            return holder;
        }
        return wildcards.getOrDefault(inet.getPort(), List.of()).stream()
                .filter(claim -> claim.covers(inet.getAddress()) && ownAddress.test(inet.getAddress()))
                .map(Claim::holder).findFirst().orElse(null);
    }

    private static SocketAddress key(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                ? UnixDomainSocketAddress.of(unix.getPath().normalize())
                : address;
    }
}
