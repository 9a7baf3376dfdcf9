package dev.sluice.runtime.discovery;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;

import dev.sluice.runtime.proxyprotocol.SentHeader;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that a source has found. Endpoints are ordered primaries first, then by address.
 *
 * @param weight its share, 1 to 256
 * @param maxConnections the most connections to it; 0 = no limit of its own
 * @param backup whether it is used only when no other endpoint can be
 * @param header the PROXY header that it gets; null = that of its cluster
 */
public record FoundEndpoint(SocketAddress address, int weight, int maxConnections, boolean backup,
        @Nullable SentHeader header)
        implements
            Comparable<FoundEndpoint> {
    /** The largest weight. */
    public static final int MAX_WEIGHT = 256;

    /** An endpoint that gets the PROXY header of its cluster. */
    public FoundEndpoint(SocketAddress address, int weight, int maxConnections, boolean backup) {
        this(address, weight, maxConnections, backup, null);
    }

    public FoundEndpoint {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight " + weight + "; allowed are 1 to " + MAX_WEIGHT);
        }
        if (maxConnections < 0) {
            throw new IllegalArgumentException("maxConnections " + maxConnections + "; allowed is 0 or more");
        }
    }

    @Override
    public int compareTo(FoundEndpoint other) {
        int byTier = Boolean.compare(backup, other.backup);
        int byAddress = byTier != 0 ? byTier : compare(address, other.address);
        int byWeight = byAddress != 0 ? byAddress : Integer.compare(weight, other.weight);
        return byWeight != 0 ? byWeight : Integer.compare(maxConnections, other.maxConnections);
    }

    /** IPv4 before IPv6 before the rest; IP addresses by their bytes, so that .9 is before .10. */
    private static int compare(SocketAddress one, SocketAddress two) {
        if (one instanceof InetSocketAddress a && two instanceof InetSocketAddress b) {
            byte[] first = a.getAddress().getAddress();
            byte[] second = b.getAddress().getAddress();
            int byFamily = Integer.compare(first.length, second.length);
            int byIp = byFamily != 0 ? byFamily : Arrays.compareUnsigned(first, second);
            return byIp != 0 ? byIp : Integer.compare(a.getPort(), b.getPort());
        }
        int byKind = Boolean.compare(two instanceof InetSocketAddress, one instanceof InetSocketAddress);
        return byKind != 0 ? byKind : AddressText.of(one).compareTo(AddressText.of(two));
    }
}
