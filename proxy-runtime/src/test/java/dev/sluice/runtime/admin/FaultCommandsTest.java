package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

import dev.sluice.api.Direction;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The paths about faults, and the faults that their parameters stand for. */
class FaultCommandsTest {
    private static final SocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static Fault read(String query) {
        return new FaultReader(AdminRequest.of(List.of(), query, new HashSet<>(FaultReader.PARAMETERS))
                .parameters(), (text, min, max) -> Duration.parse("PT" + text)).read();
    }

    @Test
    void parametersAreTheKeysOfTheConfiguration() {
        assertEquals(Faults.latency(Duration.ofSeconds(2)).jitter(Duration.ofSeconds(1)).toxicity(0.5).seed(7)
                .name("slow"), read("latency=2s&jitter=1s&toxicity=0.5&seed=7&name=slow"));
        assertEquals(Faults.bandwidth("64KiB/s").onBoth(), read("bandwidth=64KiB/s&direction=both"));
        assertEquals(Faults.slice(3, 7).every(Duration.ofSeconds(1)), read("slice=3-7&every=1s"));
        assertEquals(Faults.blackHole(), read("blackHole"));
        assertEquals(Faults.blackHole().thenReset(Duration.ofSeconds(5)), read("thenReset=5s"));
        assertEquals(Faults.resetAfter(512).on(Direction.CLIENT_TO_UPSTREAM),
                read("resetAfter=512&direction=client-to-upstream"));
        assertEquals(Faults.resetAfter(Duration.ofSeconds(3)), read("resetAfter=3s"));
        assertEquals(Faults.finishAfter(64).cluster("db").endpoint("10.0.0.1:1"),
                read("finishAfter=64&cluster=db&endpoint=10.0.0.1:1"));
        assertEquals(Faults.slowClose(Duration.ofSeconds(1)), read("slowClose=1s"));
        assertEquals(Faults.garble(0.25), read("garble=0.25"));
        assertEquals(Faults.refuse(), read("refuse=true"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "toxicity=0.5 | a fault of 0 kinds; allowed: exactly one",
        "refuse&blackHole | a fault of 2 kinds; allowed: exactly one",
        "bandwidth=fast | bandwidth: 'fast' is not a rate; allowed: a rate of at least 1, such as 20/s, 600/m or 10MiB/s",
        "garble=much | garble: 'much' is no number",
        "slice=7 | slice: '7' has not two sizes; allowed: two sizes, such as 3-7",
        "slice=7-3 | slice: it is smaller than min, 7; allowed: at least min",
        "every=1s&refuse | every: there is no slice that it belongs to",
        "refuse&direction=up | direction: 'up' is no direction; allowed: client-to-upstream, upstream-to-client or both",
        "seed=x&refuse | seed: 'x' is no number"})
    void aFaultThatMakesNoSenseIsRefusedWithTheReason(String query, String message) {
        assertEquals(message, assertThrows(BadRequestException.class, () -> read(query)).getMessage());
    }

    @Test
    void pathsLeadToTheCommands() throws IOException {
        TestingCommands commands = new TestingCommands();
        try (AdminServer server = AdminServer.start(ANY, null,
                TestingParts.of(TestingProxyView.ready(), commands), Duration.ofSeconds(10), Duration.ofHours(1))) {
            SocketAddress address = server.address();
            assertEquals(200, TestingHttp.get(address, "/faults").status());
            assertEquals(200, TestingHttp.post(address, "/faults/edge?refuse").status());
            assertEquals(200, TestingHttp.send(address, "DELETE", "/faults/edge/slow", "Host: localhost").status());
            assertEquals(200, TestingHttp.send(address, "DELETE", "/faults/edge", "Host: localhost").status());
            assertEquals(List.of("add edge refuse", "remove edge slow", "remove edge null"), commands.faults);
            assertEquals(400, TestingHttp.post(address, "/faults/edge?refuze").status());
            assertEquals(403, TestingHttp
                    .send(address, "DELETE", "/faults/edge", "Host: localhost", "Sec-Fetch-Site: cross-site").status());
            assertEquals(405, TestingHttp.post(address, "/faults").status());
            assertEquals(3, commands.faults.size());
        }
    }
}
