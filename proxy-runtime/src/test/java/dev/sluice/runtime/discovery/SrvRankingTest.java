package dev.sluice.runtime.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** SRV records as endpoints. */
class SrvRankingTest {
    private static List<FoundEndpoint> rank(Map<String, List<String>> addresses, String... records) {
        return SrvRanking.rank(TestingDnsServer.records("_db._tcp.test.", Type.SRV, 5, records).stream()
                .map(SRVRecord.class::cast).toList(),
                target -> addresses.getOrDefault(target.toString(), List.of()).stream().map(InetAddress::ofLiteral)
                        .toList())
                .stream().sorted().toList();
    }

    private static FoundEndpoint endpoint(String ip, int port, int weight, boolean backup) {
        return new FoundEndpoint(new InetSocketAddress(InetAddress.ofLiteral(ip), port), weight, 0, backup);
    }

    @Test
    void theLowestPriorityHasThePrimaries() {
        assertEquals(List.of(
                endpoint("10.0.0.2", 5432, 5, false), endpoint("10.0.0.1", 5433, 1, true),
                endpoint("10.0.0.3", 5432, 2, true)),
                rank(Map.of("a.", List.of("10.0.0.1"), "b.", List.of("10.0.0.2"), "c.", List.of("10.0.0.3")),
                        "20 0 5433 a.", "10 5 5432 b.", "30 2 5432 c."));
    }

    @Test
    void aTargetHasAllItsAddressesAndAMissingOneHarmsNobody() {
        assertEquals(List.of(endpoint("10.0.0.1", 1, 1, false), endpoint("10.0.0.2", 1, 1, false),
                endpoint("::1", 1, 1, false)),
                rank(Map.of("a.", List.of("10.0.0.2", "::1", "10.0.0.1")), "0 1 1 a.", "0 1 1 gone."));
    }

    @Test
    void primariesWithoutAddressesLeaveTheBackups() {
        assertEquals(List.of(endpoint("10.0.0.1", 1, 1, true)),
                rank(Map.of("b.", List.of("10.0.0.1")), "0 1 1 a.", "1 1 1 b."));
    }

    @Test
    void oneAddressOfTwoTargetsIsOneEndpoint() {
        assertEquals(List.of(endpoint("10.0.0.1", 1, 7, false)),
                rank(Map.of("a.", List.of("10.0.0.1"), "b.", List.of("10.0.0.1"), "c.", List.of("10.0.0.1")),
                        "5 9 1 c.", "0 3 1 a.", "0 7 1 b."));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 100, 1", "100, 100, 100", "256, 256, 256", "65535, 65535, 256", "1, 65535, 1",
        "1000, 2000, 128", "257, 257, 256"})
    void weightsAreScaledToTheLargest(int weight, int largest, int scaled) {
        assertEquals(scaled, SrvRanking.scale(weight, largest));
    }

    @Test
    void eachTierHasItsOwnScale() {
        assertEquals(List.of(endpoint("10.0.0.1", 1, 10, false), endpoint("10.0.0.2", 1, 20, false),
                endpoint("10.0.0.3", 1, 256, true)),
                rank(Map.of("a.", List.of("10.0.0.1"), "b.", List.of("10.0.0.2"), "c.", List.of("10.0.0.3")),
                        "0 10 1 a.", "0 20 1 b.", "1 60000 1 c."));
    }
}
