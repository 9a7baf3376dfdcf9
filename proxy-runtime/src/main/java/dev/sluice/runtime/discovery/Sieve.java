package dev.sluice.runtime.discovery;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of addresses that no connection may go to: those that lead back to this proxy, and those that name no host. Each is reported
 * once, and again when it has been away. For one source; the discovery thread.
 */
final class Sieve {
    private static final Logger LOG = LoggerFactory.getLogger(Sieve.class);

    private final String label;
    private final Predicate<SocketAddress> leadsBack;
    private Set<SocketAddress> reported = Set.of();

    /** @param leadsBack whether a connection to an address comes to a listener of this proxy, or to its admin interface */
    Sieve(String label, Predicate<SocketAddress> leadsBack) {
        this.label = label;
        this.leadsBack = leadsBack;
    }

    /** The endpoints that can be used, in order. */
    List<FoundEndpoint> usable(List<FoundEndpoint> all) {
        Map<SocketAddress, String> refused = new HashMap<>();
        for (FoundEndpoint endpoint : all) {
            String reason = reason(endpoint.address());
            if (reason != null) {
                refused.put(endpoint.address(), reason);
            }
        }
        refused.forEach((address, reason) -> {
            if (!reported.contains(address)) {
                LOG.warn("{}: the endpoint {} is not used: {}.", label, AddressText.of(address), reason);
            }
        });
        reported = new HashSet<>(refused.keySet());
        return all.stream().filter(endpoint -> !refused.containsKey(endpoint.address())).sorted().distinct().toList();
    }

    private @Nullable String reason(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            InetAddress ip = inet.getAddress();
            if (ip.isAnyLocalAddress()) {
                return "it is the wildcard address, which is no host";
            }
            if (ip.isMulticastAddress() || ip.getHostAddress().equals("255.255.255.255")) {
                return "it is a multicast or broadcast address";
            }
            if (ip instanceof Inet6Address && ip.isLinkLocalAddress()) {
                return "it is a link-local address, which needs a zone";
            }
        }
        return leadsBack.test(address) ? "it leads back to this proxy" : null;
    }
}
