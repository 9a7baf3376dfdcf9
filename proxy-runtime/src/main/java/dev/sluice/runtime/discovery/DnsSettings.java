package dev.sluice.runtime.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.transport.AddressText;

/**
 * A name whose addresses are endpoints.
 *
 * @param name looked up as the system would, by {@code /etc/hosts}, search list and ndots; absolute if it ends with a dot, or if
 *     {@code servers} are given
 * @param port of the endpoints; not used with SRV, which has ports of its own
 * @param types A, AAAA or both; or SRV alone
 * @param keepStale the time for which an answer is used after its time to live when nothing newer can be had
 * @param servers the DNS servers, with IP addresses; empty = those of the system
 */
public record DnsSettings(String name, int port, Set<RecordType> types, Duration keepStale,
        List<InetSocketAddress> servers) implements SourceSettings {
    public DnsSettings {
        types = Set.copyOf(types);
        servers = List.copyOf(servers);
        if (types.isEmpty() || (types.contains(RecordType.SRV) && types.size() > 1)) {
            throw new IllegalArgumentException("types are " + types + "; allowed are A, AAAA, both, or SRV alone");
        }
        if (!types.contains(RecordType.SRV) && (port < 1 || port > 65535)) {
            throw new IllegalArgumentException("port is " + port + "; allowed are 1 to 65535");
        }
        if (keepStale.isNegative()) {
            throw new IllegalArgumentException("keepStale is negative");
        }
        for (InetSocketAddress server : servers) {
            if (server.isUnresolved()) {
                throw new IllegalArgumentException("the DNS server " + server + " is not an IP address");
            }
        }
    }

    boolean isSrv() {
        return types.contains(RecordType.SRV);
    }

    @Override
    public String kind() {
        return "dns";
    }

    @Override
    public String label() {
        String text = isSrv() ? "SRV " + name : name + ":" + port;
        return servers.isEmpty()
                ? text
                : text + " by " + String.join(", ", servers.stream().map(AddressText::of).toList());
    }
}
