package dev.sluice.runtime.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.xbill.DNS.Name;
import org.xbill.DNS.SRVRecord;

/**
 * The endpoints that SRV records describe, by the rules of nginx: the lowest priority has the primaries, all others are backups. Weights
 * beyond {@value FoundEndpoint#MAX_WEIGHT} are scaled down, each tier in proportion to its largest; 0 counts as 1. Pure.
 */
final class SrvRanking {
    private SrvRanking() {}

    /** @param addressesOf what is known of a target; empty = nothing, and then the other targets stay */
    static List<FoundEndpoint> rank(List<SRVRecord> records, Function<Name, List<InetAddress>> addressesOf) {
        int primary = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
        Map<Boolean, Integer> largest = records.stream().collect(Collectors.toMap(
                record -> record.getPriority() != primary, SRVRecord::getWeight, Math::max));
        Map<InetSocketAddress, FoundEndpoint> found = new LinkedHashMap<>();
        for (SRVRecord record : records) {
            boolean backup = record.getPriority() != primary;
            int weight = scale(record.getWeight(), largest.getOrDefault(backup, 0));
            for (InetAddress address : addressesOf.apply(record.getTarget())) {
                InetSocketAddress socket = new InetSocketAddress(address, record.getPort());
                found.merge(socket, new FoundEndpoint(socket, weight, 0, backup), SrvRanking::better);
            }
        }
        return new ArrayList<>(found.values());
    }

    /** Of two records that lead to one address, the primary; of two in one tier, the heavier. */
    private static FoundEndpoint better(FoundEndpoint one, FoundEndpoint two) {
        if (one.backup() != two.backup()) {
            return one.backup() ? two : one;
        }
        return one.weight() >= two.weight() ? one : two;
    }

    static int scale(int weight, int largest) {
        int scaled = largest <= FoundEndpoint.MAX_WEIGHT
                ? weight
                : (int) Math.round((double) weight * FoundEndpoint.MAX_WEIGHT / largest);
        return Math.max(1, scaled);
    }
}
